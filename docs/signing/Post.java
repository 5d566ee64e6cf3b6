// Signs a file and posts it, with the library of Java 17: java Post.java URL FILE. The secret is in
// PRECINCT_WEBHOOK_SECRET. `java Post.java --sign ID TIMESTAMP FILE` prints the signature alone.
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Post {
    static String sign(String secret, String id, String timestamp, byte[] body) throws Exception {
        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        // The body byte for byte, as it is posted.
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    static String post(String url, String secret, byte[] body) throws Exception {
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
        String id = "msg_" + UUID.randomUUID(); // one for each body, the same when it is posted again
        for (int wait : new int[] {5, 30, 120, 600, 0}) {
            // New for each try: five minutes later the old one is refused.
            String timestamp = Long.toString(Instant.now().getEpochSecond());
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(30))
                    .header("content-type", "application/json")
                    .header("webhook-id", id)
                    .header("webhook-timestamp", timestamp)
                    .header("webhook-signature", sign(secret, id, timestamp, body))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            try {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                int status = answer.statusCode();
                if (status / 100 == 2) {
                    return answer.body();
                }
                if (status < 500 && status != 408 && status != 429) {
                    throw new IllegalStateException(status + " " + answer.body()); // will be refused again: mend it
                }
            } catch (IOException error) {
                // No answer: nothing may be stored, and the same again does no harm.
            }
            Thread.sleep(wait * 1000L);
        }
        throw new IllegalStateException("not taken after five tries: keep the body and post it again");
    }

    public static void main(String[] arguments) throws Exception {
        String secret = System.getenv("PRECINCT_WEBHOOK_SECRET");
        byte[] body = Files.readAllBytes(Path.of(arguments[arguments.length - 1]));
        boolean only = arguments[0].equals("--sign");
        System.out.println(only ? sign(secret, arguments[1], arguments[2], body) : post(arguments[0], secret, body));
    }
}
