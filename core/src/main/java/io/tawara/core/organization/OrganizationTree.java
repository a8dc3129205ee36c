package io.tawara.core.organization;

import java.util.List;
import java.util.Optional;

/// The organisation of AWS accounts on one day.
public record OrganizationTree(List<Unit> units) {
  /// Between the ids of a path.
  public static final String SEPARATOR = "&";

  public OrganizationTree {
    units = List.copyOf(units);
  }

  /// An organisational unit with the accounts directly in it.
  ///
  /// @param parentPath ids from the root down to the parent, joined by [#SEPARATOR]; empty: a root
  public record Unit(String id, String name, Optional<String> parentPath, List<Account> accounts) {
    public Unit {
      accounts = List.copyOf(accounts);
    }

    /// Ids from the root down to this unit.
    public String path() {
      return parentPath.map(path -> path + SEPARATOR + id).orElse(id);
    }

    /// 0 for a root.
    public int level() {
      return path().split(SEPARATOR, -1).length - 1;
    }
  }

  /// @param name null when it has none
  public record Account(String id, String name) {}
}
