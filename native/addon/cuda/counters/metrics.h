// What an experiment asks of a kernel. The names are those of Nsight Compute; a chip may lack some, and a session says which.
#pragma once

namespace hka::addon {

// Warps on a multiprocessor in percent of what fits, while there were any: the achieved occupancy.
inline constexpr const char* kAchievedOccupancy = "sm__warps_active.avg.pct_of_peak_sustained_active";
// 32-byte sectors that a request of a warp touched: 4 when 32 neighbours read floats, 32 when each reads its own; 0 without a request.
inline constexpr const char* kSectorsPerLoad = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio";
inline constexpr const char* kSectorsPerStore = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio";
inline constexpr const char* kL2HitRate = "lts__t_sector_hit_rate.pct";
// Not on Tegra, whose GPU has no DRAM of its own.
inline constexpr const char* kDramReadBytes = "dram__bytes_read.sum";
inline constexpr const char* kDramWriteBytes = "dram__bytes_write.sum";
inline constexpr const char* kComputeThroughput = "sm__throughput.avg.pct_of_peak_sustained_elapsed";
inline constexpr const char* kDurationNs = "gpu__time_duration.sum";

inline constexpr const char* kExperimentMetrics[] = {kAchievedOccupancy, kSectorsPerLoad, kSectorsPerStore,   kL2HitRate,
                                                     kDramReadBytes,     kDramWriteBytes, kComputeThroughput, kDurationNs};

}  // namespace hka::addon
