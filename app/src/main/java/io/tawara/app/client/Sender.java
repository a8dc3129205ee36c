package io.tawara.app.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import picocli.CommandLine.Option;

/// Options that say on whose behalf a command asks. The gateway in front of Tawara makes this
/// header of a login; here it is made of the options.
public final class Sender {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--org",
      paramLabel = "ID",
      defaultValue = "1234567",
      description = "organisation (default ${DEFAULT-VALUE})")
  private String organisation;

  @Option(
      names = "--account",
      paramLabel = "NUMBER",
      defaultValue = "10001",
      description = "account number (default ${DEFAULT-VALUE})")
  private String account;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "admin",
      description = "user name (default ${DEFAULT-VALUE})")
  private String user;

  @Option(
      names = "--no-admin",
      description = "not an administrator of the organisation: the role service decides")
  private boolean plain;

  /// An administrator of an organisation.
  public static Sender administrator(String organisation, String account) {
    var sender = new Sender();
    sender.organisation = organisation;
    sender.account = account;
    sender.user = "admin";
    return sender;
  }

  public String organisation() {
    return organisation;
  }

  ObjectNode json() {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode identity = root.putObject("identity");
    identity.put("org_id", organisation).put("account_number", account).put("type", "User");
    identity
        .putObject("user")
        .put("username", user)
        .put("email", user + "@example.com")
        .put("is_org_admin", !plain);
    root.putObject("entitlements").putObject("cost_management").put("is_entitled", true);
    return root;
  }

  /// The value of `x-rh-identity`.
  public String header() {
    return Base64.getEncoder().encodeToString(json().toString().getBytes(StandardCharsets.UTF_8));
  }
}
