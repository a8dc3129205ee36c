package io.tawara.app;

import picocli.CommandLine.IVersionProvider;

/// The version of this program and of the machine that runs it.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "Tawara " + ofTawara(),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
    };
  }

  static String ofTawara() {
    String packaged = Version.class.getPackage().getImplementationVersion();
    return packaged == null ? "from source" : packaged;
  }
}
