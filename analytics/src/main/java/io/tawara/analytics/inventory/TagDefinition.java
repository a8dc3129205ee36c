package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ProviderFamily;
import java.util.List;
import java.util.Set;

/// A list of tags as a value (reports-api §5). A further list is a further value in [TagCatalogue].
///
/// @param path below the API root, with closing slash, for example `tags/openshift/`
/// @param family whose tag keys are known, and who may ask
/// @param accessDimensions what access lists narrow
/// @param filter sub keys of `filter` and `exclude` that name dimensions
/// @param kinds whether `filter[type]` tells pods' tags from volumes'
/// @param switches whether enabled keys are told from disabled ones
/// @param inventories where the values stand; several are added up, none gives an empty list
public record TagDefinition(
    String path,
    ProviderFamily family,
    List<String> accessDimensions,
    Keys filter,
    boolean kinds,
    boolean switches,
    List<TagInventory> inventories) {

  /// Sub keys of `exclude` that have an effect; the others are accepted and have none.
  public static final Set<String> EFFECTIVE_EXCLUDES = Set.of("category");

  public TagDefinition {
    accessDimensions = List.copyOf(accessDimensions);
    inventories = List.copyOf(inventories);
  }
}
