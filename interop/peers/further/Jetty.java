import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.log.Log;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

/** The peer that is Jetty, a server. */
class Jetty {
    public static class Echo extends WebSocketAdapter {
        public void onWebSocketText(String text) {
            if (text.equals("close 1000 bye")) {
                getSession().close(1000, "bye");
            } else {
                getRemote().sendString(text, null);
            }
        }

        public void onWebSocketBinary(byte[] b, int offset, int n) {
            getRemote().sendBytes(java.nio.ByteBuffer.wrap(b, offset, n), null);
        }
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("org.eclipse.jetty.util.log.class", "org.eclipse.jetty.util.log.StdErrLog");
        System.setProperty("org.eclipse.jetty.LEVEL", "OFF");
        if (args[0].equals("version")) {
            System.out.println(Server.getVersion());
            return;
        }
        Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
        server.setHandler(new WebSocketHandler() {
            public void configure(WebSocketServletFactory factory) {
                factory.register(Echo.class);
            }
        });
        server.start();
        System.out.println("{\"url\": \"ws://127.0.0.1:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort() + "/\"}");
        while (System.in.read() >= 0) {
        }
        System.exit(0);
    }
}
