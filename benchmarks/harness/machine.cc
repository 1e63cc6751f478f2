#include "benchmarks/harness/machine.h"

#include <gnu/libc-version.h>
#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "benchmarks/build_mode.h"
#include "benchmarks/harness/json_line.h"

namespace benchmarks {
namespace {

std::string CpuModel() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line)) {
    if (absl::StartsWith(line, "model name")) {
      return line.substr(std::min(line.find(": ") + 2, line.size()));
    }
  }
  return "unknown";
}

std::string Kernel() {
  utsname name = {};
  uname(&name);
  return absl::StrCat(name.sysname, " ", name.release, " ", name.machine);
}

std::int64_t Cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 0;
}

std::string Compiler() {
#if defined(__clang__)
  return __VERSION__;  // Begins with the compiler's name.
#else
  return absl::StrCat("GCC ", __VERSION__);
#endif
}

}  // namespace

JsonLine DescribeMachine(const std::vector<LibraryVersion>& libraries) {
  JsonLine versions;
  versions.Add("glibc", gnu_get_libc_version());
  for (const LibraryVersion& library : libraries) {
    versions.Add(library.name, library.version);
  }
  double load = 0;
  getloadavg(&load, 1);
  return JsonLine()
      .Add("cpu", CpuModel())
      .Add("cores", Cores())
      .Add("kernel", Kernel())
      .Add("compiler", Compiler())
      .AddBool("optimized", !IsSlowBuild())
      .AddBool("assertions", HasAssertions())
      .Add("load", load)
      .Add("libraries", versions);
}

}  // namespace benchmarks
