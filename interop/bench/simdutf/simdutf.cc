//go:build ignore

// Times the simdutf that Node.js contains, for main.go. Node.js loads this as an
// addon. A request on standard input is the number of texts (a power of two),
// the size of each, the distance between two, the number of calls, and the
// texts. The answer is the duration of the calls in nanoseconds, and the number
// of calls that found a valid text.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace simdutf {
bool validate_utf8(const char *buf, size_t len) noexcept; // as in simdutf.h
}

__attribute__((constructor)) static void serve() {
  static char pool[1 << 20] __attribute__((aligned(4096)));
  uint64_t request[4];
  while (fread(request, sizeof request, 1, stdin) == 1) {
    auto [texts, size, stride, calls] = request;
    if (texts * stride > sizeof pool || fread(pool, texts * stride, 1, stdin) != 1) break;
    auto run = [=, texts = texts, size = size, stride = stride](uint64_t calls) {
      uint64_t valid = 0;
      for (uint64_t i = 0; i < calls; i++)
        valid += simdutf::validate_utf8(pool + (i & (texts - 1)) * stride, size);
      return valid;
    };
    run(texts); // loads the texts into the cache
    auto start = std::chrono::steady_clock::now();
    uint64_t valid = run(calls);
    uint64_t answer[2] = {uint64_t((std::chrono::steady_clock::now() - start) / std::chrono::nanoseconds(1)), valid};
    fwrite(answer, sizeof answer, 1, stdout);
    fflush(stdout);
  }
  _Exit(0);
}
