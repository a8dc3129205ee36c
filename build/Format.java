import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Formats every Java source of the project, or with `--check` only says which are not formatted.
/// Run by the build: `java -cp formatter.jar build/Format.java [--check] ROOT`.
public class Format {
  public static void main(String[] args) throws Exception {
    boolean check = args[0].equals("--check");
    Path root = Path.of(args[check ? 1 : 0]);
    List<String> arguments = new ArrayList<>(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    int options = arguments.size();
    try (var files = Files.walk(root, 16)) {
      files
          .filter(file -> file.toString().endsWith(".java") && root.relativize(file).toString().contains("src"))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .forEach(file -> arguments.add(file.toString()));
    }
    if (arguments.size() == options) {
      return;
    }
    var out = new PrintWriter(System.out, true);
    int status = new com.google.googlejavaformat.java.Main(out, new PrintWriter(System.err, true), System.in).format(arguments.toArray(String[]::new));
    if (check && status != 0) {
      out.println("The files above are not formatted. Run: build/format");
    }
    System.exit(status);
  }
}
