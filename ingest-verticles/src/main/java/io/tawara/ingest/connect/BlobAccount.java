package io.tawara.ingest.connect;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.tawara.core.config.CloudConfig;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// A storage account of a customer; keys begin with the container.
final class BlobAccount implements Place {
  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
  private static final int ATTEMPTS = 5;
  private static final int BLOCK = 8 << 20;

  private final AzureSession session;
  private final String account;
  private final BlobServiceClient client;
  private final CloudConfig config;

  /// @param session closed with the account
  /// @param key of the account; empty: the application's token is used
  BlobAccount(CloudConfig config, AzureSession session, String account, Optional<String> key) {
    if (!ACCOUNT.matcher(account).matches()) {
      throw new CloudException(
          Problem.NOT_FOUND, "'" + account + "' is no name of a storage account");
    }
    this.session = session;
    this.account = account;
    this.config = config;
    var builder =
        new BlobServiceClientBuilder()
            .endpoint(config.endpoints().azureBlob().replace("{account}", account))
            .httpClient(
                new JdkHttpClientBuilder()
                    .connectionTimeout(config.callTimeout())
                    .responseTimeout(config.callTimeout())
                    .readTimeout(config.callTimeout())
                    .build())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.EXPONENTIAL,
                    ATTEMPTS,
                    config.callTimeout(),
                    java.time.Duration.ofMillis(200),
                    java.time.Duration.ofSeconds(20),
                    null));
    this.client =
        key.isPresent()
            ? builder.credential(new StorageSharedKeyCredential(account, key.get())).buildClient()
            : builder.credential(session).buildClient();
  }

  private record Key(String container, String blob) {
    static Optional<Key> of(String key) {
      int cut = key.indexOf('/');
      return cut <= 0
          ? Optional.empty()
          : Optional.of(new Key(key.substring(0, cut), key.substring(cut + 1)));
    }
  }

  @Override
  public List<Item> list(String prefix) {
    Key key =
        Key.of(prefix)
            .orElseThrow(
                () -> new CloudException(Problem.NOT_FOUND, prefix + " names no container"));
    return asking(
        "listing " + prefix,
        () -> {
          var items = new ArrayList<Item>();
          var options = new ListBlobsOptions().setPrefix(key.blob());
          for (BlobItem blob :
              client
                  .getBlobContainerClient(key.container())
                  .listBlobs(options, config.callTimeout().multipliedBy(ATTEMPTS))) {
            if (items.size() == MOST_ITEMS) {
              throw new CloudException(
                  Problem.TOO_LARGE, "more than " + MOST_ITEMS + " blobs below " + prefix);
            }
            items.add(item(key.container(), blob));
          }
          return items;
        });
  }

  @Override
  public Optional<Item> find(String key) {
    Optional<Key> named = Key.of(key);
    if (named.isEmpty()) {
      return Optional.empty();
    }
    return asking(
        "looking for " + key,
        () -> {
          var options =
              new ListBlobsOptions().setPrefix(named.get().blob()).setMaxResultsPerPage(1);
          for (BlobItem blob :
              client
                  .getBlobContainerClient(named.get().container())
                  .listBlobs(options, config.callTimeout().multipliedBy(ATTEMPTS))) {
            return blob.getName().equals(named.get().blob())
                ? Optional.of(item(named.get().container(), blob))
                : Optional.empty();
          }
          return Optional.empty();
        });
  }

  private static Item item(String container, BlobItem blob) {
    var properties = blob.getProperties();
    return new Item(
        container + "/" + blob.getName(),
        properties.getETag(),
        properties.getContentLength(),
        properties.getLastModified().toInstant());
  }

  @Override
  public InputStream open(String key, String etag, long offset) {
    Key named =
        Key.of(key)
            .orElseThrow(() -> new CloudException(Problem.NOT_FOUND, key + " names no container"));
    String quoted = etag.startsWith("\"") ? etag : "\"" + etag + "\"";
    var options =
        new BlobInputStreamOptions()
            .setBlockSize(BLOCK)
            .setRange(new BlobRange(offset))
            .setRequestConditions(new BlobRequestConditions().setIfMatch(quoted));
    InputStream in =
        asking(
            "reading " + key,
            () ->
                client
                    .getBlobContainerClient(named.container())
                    .getBlobClient(named.blob())
                    .openInputStream(options));
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] buffer, int from, int length) throws IOException {
        try {
          return super.read(buffer, from, length);
        } catch (IOException failure) {
          if (failure.getCause() instanceof BlobStorageException storage) {
            throw problem("reading " + key, storage);
          }
          throw failure;
        } catch (BlobStorageException storage) {
          throw problem("reading " + key, storage);
        }
      }
    };
  }

  private static CloudException problem(String what, BlobStorageException failure) {
    String code = failure.getErrorCode() == null ? "" : failure.getErrorCode().toString();
    return new CloudException(
        AzureSession.problem(code, failure.getStatusCode()),
        "%s: status %d %s".formatted(what, failure.getStatusCode(), code).strip(),
        failure);
  }

  /// The SDK's own failures are of many kinds; what Azure did not refuse was a connection.
  private static <T> T asking(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (CloudException known) {
      throw known;
    } catch (BlobStorageException refused) {
      throw problem(what, refused);
    } catch (RuntimeException failure) {
      throw new CloudException(Problem.UNREACHABLE, what + ": " + failure.getMessage(), failure);
    }
  }

  @Override
  public String name() {
    return account;
  }

  @Override
  public void close() {
    session.close();
  }
}
