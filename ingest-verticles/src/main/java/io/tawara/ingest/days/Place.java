package io.tawara.ingest.days;

import io.tawara.core.ids.Ids;
import java.util.UUID;

/// Where rows belong.
///
/// @param year of the partition, four digits
/// @param month of the partition, two digits
/// @param hours that the delivery claims for the day; 0 when deliveries add up
/// @param deliveryMonth `YYYYMM` of the file that rows came in; blank where that means nothing
/// @param rowIds identify the rows of tables that number them
public record Place(
    UUID source,
    String year,
    String month,
    int manifest,
    int hours,
    String deliveryMonth,
    Ids rowIds) {}
