import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads a zip from its front, as the Android client does, and prints `SHA-256 SIZE NAME` of every entry. */
public class UnzipStream {
    public static void main(String[] arguments) throws Exception {
        var out = new java.io.PrintStream(System.out, false, "UTF-8");
        try (var zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(arguments[0])))) {
            var buffer = new byte[65536];
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null;) {
                var digest = MessageDigest.getInstance("SHA-256");
                long size = 0;
                for (int count; (count = zip.read(buffer)) != -1;) {
                    digest.update(buffer, 0, count);
                    size += count;
                }
                out.println(HexFormat.of().formatHex(digest.digest()) + " " + size + " " + entry.getName());
            }
        }
        out.flush();
    }
}
