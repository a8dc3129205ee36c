package io.tawara.analytics.summary;

/// What changes summaries and is set by whoever runs Tawara.
///
/// @param labelChangeDoubles the parity of that name: usage on a node or in a namespace whose kept
///   labels changed during a day counts once per label set; right is once
/// @param machineLabelNeedsKeys the parity `vm-label-needs-keys`, in cloud mode only: while no
///   OpenShift label key is enabled the label of virtual machines is dropped too; right is to keep
///   it always
/// @param staleInstanceMarkup the parity `ec2-markup-stale`: a changed cost model leaves the markup
///   of EC2 instances as it was until the next summary; right is to change it with the rest
/// @param initialIngestMonths how many months before the current one are summarised at most
public record SummarySettings(
    boolean labelChangeDoubles,
    boolean machineLabelNeedsKeys,
    boolean staleInstanceMarkup,
    int initialIngestMonths) {}
