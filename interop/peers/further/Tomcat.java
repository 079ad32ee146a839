import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.util.ServerInfo;
import org.apache.tomcat.websocket.server.WsSci;

/** The peer that is Tomcat, a server. */
class Tomcat {
    public static class Echo extends Endpoint {
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> {
                try {
                    if (text.equals("close 1000 bye")) {
                        session.close(new CloseReason(CloseReason.CloseCodes.NORMAL_CLOSURE, "bye"));
                    } else {
                        session.getBasicRemote().sendText(text);
                    }
                } catch (Exception e) {
                    throw new RuntimeException(e);
                }
            });
            session.addMessageHandler(ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) data -> {
                try {
                    session.getBasicRemote().sendBinary(data);
                } catch (Exception e) {
                    throw new RuntimeException(e);
                }
            });
        }
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("version")) {
            System.out.println(ServerInfo.getServerNumber());
            return;
        }
        Logger.getLogger("").setLevel(Level.OFF);
        org.apache.catalina.startup.Tomcat tomcat = new org.apache.catalina.startup.Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer(new WsSci(), null);
        org.apache.catalina.startup.Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet");
        context.addServletMappingDecoded("/", "default");
        tomcat.start();
        ServerContainer container =
            (ServerContainer) context.getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
        container.addEndpoint(ServerEndpointConfig.Builder.create(Echo.class, "/").build());
        System.out.println("{\"url\": \"ws://127.0.0.1:" + connector.getLocalPort() + "/\"}");
        while (System.in.read() >= 0) {
        }
        System.exit(0);
    }
}
