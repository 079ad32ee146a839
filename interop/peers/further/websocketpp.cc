// The peer that is WebSocket++ on Asio, as server and as client.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <unistd.h>
#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>
#include <websocketpp/server.hpp>
#include <websocketpp/version.hpp>

using websocketpp::connection_hdl;

template <class Endpoint>
void on_message(Endpoint *e, connection_hdl h, typename Endpoint::message_ptr m) {
	websocketpp::lib::error_code ec;
	if (m->get_payload() == "close 1000 bye")
		e->close(h, 1000, "bye", ec);
	else
		e->send(h, m->get_payload(), m->get_opcode(), ec);
}

template <class Endpoint> void prepare(Endpoint &e) {
	e.clear_access_channels(websocketpp::log::alevel::all);
	e.clear_error_channels(websocketpp::log::elevel::all);
	e.init_asio();
	e.set_message_handler([&e](connection_hdl h, typename Endpoint::message_ptr m) { on_message(&e, h, m); });
}

int main(int argc, char **argv) {
	std::string mode = argc > 1 ? argv[1] : "";
	if (mode == "version") {
		std::puts(websocketpp::user_agent + sizeof "WebSocket++/" - 1);
		return 0;
	}
	std::thread([] {
		char b[256];
		while (read(0, b, sizeof b) > 0)
			;
		_exit(0);
	}).detach();
	if (mode == "server") {
		websocketpp::server<websocketpp::config::asio> s;
		prepare(s);
		s.set_reuse_addr(true);
		s.listen(websocketpp::lib::asio::ip::tcp::endpoint(websocketpp::lib::asio::ip::make_address("127.0.0.1"), 0));
		s.start_accept();
		websocketpp::lib::asio::error_code ec;
		std::printf("{\"url\": \"ws://127.0.0.1:%d/\"}\n", s.get_local_endpoint(ec).port());
		std::fflush(stdout);
		s.run();
		return 0;
	}
	using Client = websocketpp::client<websocketpp::config::asio_client>;
	Client c;
	prepare(c);
	std::function<void()> connect = [&] {
		websocketpp::lib::error_code ec;
		c.connect(c.get_connection(argv[2], ec));
	};
	c.set_close_handler([&](connection_hdl) { connect(); });
	c.set_fail_handler([](connection_hdl) { _exit(0); });
	std::printf("{\"url\": \"%s\"}\n", argv[2]);
	std::fflush(stdout);
	connect();
	c.run();
}
