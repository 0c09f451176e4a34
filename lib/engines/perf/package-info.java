//FILES lib/engines/perf/kernel.sh=kernel.sh lib/engines/perf/kernel-settings.sh=kernel-settings.sh
//FILES lib/engines/perf/restore-left.sh=restore-left.sh lib/engines/perf/try-settings.sh=try-settings.sh
//FILES lib/engines/perf/find.sh=find.sh lib/engines/perf/install.sh=install.sh lib/engines/perf/try-event.sh=try-event.sh
//FILES lib/engines/perf/recording.sh=recording.sh lib/engines/perf/record.sh=record.sh lib/engines/perf/start.sh=start.sh
//FILES lib/engines/perf/state.sh=state.sh lib/engines/perf/stop.sh=stop.sh lib/engines/perf/salvage.sh=salvage.sh
//FILES lib/engines/perf/print.sh=print.sh lib/engines/perf/lost.sh=lost.sh lib/engines/perf/space.sh=space.sh
//FILES lib/engines/perf/forget.sh=forget.sh lib/engines/perf/clear.sh=clear.sh lib/engines/perf/cut-off.sh=cut-off.sh

/** The engine that records by the perf program on the node. */
package lib.engines.perf;
