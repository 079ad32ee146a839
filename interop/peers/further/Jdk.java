import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The peer that is the JDK's java.net.http.WebSocket, a client. */
class Jdk {
    static class Echo implements WebSocket.Listener {
        final CountDownLatch closed = new CountDownLatch(1);
        final StringBuilder text = new StringBuilder();

        public CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                if (text.toString().equals("close 1000 bye")) {
                    ws.sendClose(1000, "bye");
                } else {
                    ws.sendText(text.toString(), true);
                }
                text.setLength(0);
            }
            ws.request(1);
            return null;
        }

        public CompletionStage<?> onBinary(WebSocket ws, ByteBuffer data, boolean last) {
            ws.request(1);
            return ws.sendBinary(data, last);
        }

        public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
            closed.countDown();
            return null;
        }

        public void onError(WebSocket ws, Throwable error) {
            closed.countDown();
        }
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("version")) {
            System.out.println(System.getProperty("java.version"));
            return;
        }
        Thread end = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                }
            } catch (Exception e) {
            }
            System.exit(0);
        });
        end.setDaemon(true);
        end.start();
        System.out.println("{\"url\": \"" + args[1] + "\"}");
        HttpClient client = HttpClient.newHttpClient();
        for (;;) {
            Echo echo = new Echo();
            try {
                client.newWebSocketBuilder().buildAsync(URI.create(args[1]), echo).join();
            } catch (Exception e) {
                System.exit(0);
            }
            // After FIN without a Close the listener may be told nothing.
            echo.closed.await(5, TimeUnit.SECONDS);
        }
    }
}
