// The peer that is Boost.Beast, as server and as client: synchronous, a thread
// for each connection.
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <boost/version.hpp>
#include <cstdio>
#include <string>
#include <thread>
#include <unistd.h>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using net::ip::tcp;

static void echo(websocket::stream<tcp::socket> &ws) {
	beast::error_code ec;
	for (;;) {
		beast::flat_buffer b;
		ws.read(b, ec);
		if (ec)
			return;
		if (beast::buffers_to_string(b.data()) == "close 1000 bye") {
			ws.close(websocket::close_reason(websocket::close_code::normal, "bye"), ec);
			return;
		}
		ws.text(ws.got_text());
		ws.write(b.data(), ec);
	}
}

int main(int argc, char **argv) {
	std::string mode = argc > 1 ? argv[1] : "";
	if (mode == "version") {
		std::printf("%d.%d.%d\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
		return 0;
	}
	std::thread([] {
		char b[256];
		while (read(0, b, sizeof b) > 0)
			;
		_exit(0);
	}).detach();
	net::io_context io;
	websocket::permessage_deflate deflate;
	deflate.server_enable = deflate.client_enable = true;
	if (mode == "server") {
		tcp::acceptor a(io, {net::ip::make_address("127.0.0.1"), 0});
		std::printf("{\"url\": \"ws://127.0.0.1:%d/\"}\n", a.local_endpoint().port());
		std::fflush(stdout);
		for (;;) {
			tcp::socket s = a.accept();
			std::thread([s = std::move(s), deflate]() mutable {
				websocket::stream<tcp::socket> ws(std::move(s));
				ws.set_option(deflate);
				beast::error_code ec;
				ws.accept(ec);
				if (!ec)
					echo(ws);
			}).detach();
		}
	}
	std::string url = argv[2], host = url.substr(5, url.size() - 6);
	std::string port = host.substr(host.find(':') + 1);
	std::printf("{\"url\": \"%s\"}\n", url.c_str());
	std::fflush(stdout);
	for (;;) {
		websocket::stream<tcp::socket> ws(io);
		ws.set_option(deflate);
		beast::error_code ec;
		ws.next_layer().connect({net::ip::make_address("127.0.0.1"), (unsigned short)std::stoi(port)}, ec);
		if (ec)
			return 0;
		ws.handshake(host, "/", ec);
		if (ec)
			return 0;
		echo(ws);
	}
}
