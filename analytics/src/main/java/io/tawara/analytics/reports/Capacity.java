package io.tawara.analytics.reports;

import io.tawara.analytics.summary.Scope;
import java.util.Optional;

/// How the capacity of a row is found (reports-api §3.4 with clarifications).
///
/// @param nodeValue grouped by node: the greatest per day, added up over days; empty: [#summed] of
///   everything on the node
/// @param clusterValue otherwise: the greatest per cluster and day, added up over days and the
///   row's clusters; empty: [#summed] of the row
/// @param count the greatest per node, added up over nodes and the row's clusters; grouped by node
///   the greatest of the row
/// @param countScope the rows whose nodes are counted
/// @param summed the aggregate that is the capacity when it is an ordinary sum
public record Capacity(
    Optional<Column> nodeValue,
    Optional<Column> clusterValue,
    Column count,
    Scope countScope,
    Optional<String> summed) {}
