#include "lib/metrics/process_metrics.h"

#include "test/support/catch.h"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace k8sm::metrics {
namespace {

TEST_CASE("ParseProcessStat reads the stat of a process whatever the program's name") {
  for (const std::string name : {"k8sm-controller", "a) R 1 (b c", ""}) {
    CAPTURE(name);
    const auto stat = ParseProcessStat("4711 (" + name +
                                       ") S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 17 18 9000 1048576 32 "
                                       "18446744073709551615 1\n");
    REQUIRE(stat.has_value());
    CHECK(stat->cpu_ticks == 300);
    CHECK(stat->start_ticks == 9000);
    CHECK(stat->virtual_bytes == 1048576);
    CHECK(stat->resident_pages == 32);
  }
}

TEST_CASE("ParseProcessStat refuses a malformed stat") {
  CHECK_FALSE(ParseProcessStat("").has_value());
  CHECK_FALSE(ParseProcessStat("4711 (a) S 1 2 3").has_value());
  CHECK_FALSE(ParseProcessStat("4711 (a) S 1 2 3 4 5 6 7 8 9 10 x 50 13 14 15 16 17 18 9 1 32").has_value());
}

TEST_CASE("ParseNetstat reads the received and sent bytes by the names of their columns") {
  const auto bytes = ParseNetstat(
      "TcpExt: A B\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets OutOctets New\nIpExt: 0 300 200 5\n");
  REQUIRE(bytes.has_value());
  CHECK(bytes->received == 300);
  CHECK(bytes->sent == 200);
  CHECK_FALSE(ParseNetstat("").has_value());
  CHECK_FALSE(ParseNetstat("IpExt: InOctets OutOctets\n").has_value());
  CHECK_FALSE(ParseNetstat("IpExt: InOctets OutOctets\nIpExt: 1\n").has_value());
}

TEST_CASE("ParseLimit reads a limit by name, which may be infinite") {
  const std::string text =
      "Limit                     Soft Limit           Hard Limit           Units     \n"
      "Max open files            1024                 4096                 files     \n"
      "Max address space         unlimited            unlimited            bytes     \n";
  CHECK(ParseLimit(text, "Max open files") == 1024);
  CHECK(std::isinf(ParseLimit(text, "Max address space").value()));
  CHECK_FALSE(ParseLimit(text, "Max cpu time").has_value());
}

TEST_CASE("the process metrics are on the page with their types") {
  Registry registry;
  AddProcessMetrics(registry);
  const std::string text = registry.Text();
  CAPTURE(text);
  for (const std::string line :
       {"process_cpu_seconds_total counter", "process_max_fds gauge",
        "process_network_receive_bytes_total counter", "process_network_transmit_bytes_total counter",
        "process_open_fds gauge", "process_resident_memory_bytes gauge", "process_start_time_seconds gauge",
        "process_virtual_memory_bytes gauge", "process_virtual_memory_max_bytes gauge"}) {
    CAPTURE(line);
    CHECK(text.find("# TYPE " + line + "\n") != std::string::npos);
  }
  CHECK(text.find("process_open_fds 0\n") == std::string::npos);
}

// The value of a metric without labels.
double ValueOf(const Registry& registry, const std::string& name) {
  const std::string text = registry.Text();
  const std::size_t at = text.find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + name.size() + 2));
}

std::string TextOf(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_CASE("the process metrics agree with what the system reports") {
  Registry registry;
  AddProcessMetrics(registry);
  int open = 0;
  for (int fd = 0; fd < 1024; ++fd) open += ::fcntl(fd, F_GETFD) != -1 ? 1 : 0;
  CHECK(ValueOf(registry, "process_open_fds") == open);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  CHECK(ValueOf(registry, "process_max_fds") == static_cast<double>(files.rlim_cur));

  const auto stat = ParseProcessStat(TextOf("/proc/self/stat"));
  REQUIRE(stat.has_value());
  const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  CHECK(ValueOf(registry, "process_resident_memory_bytes") ==
        Approx(static_cast<double>(stat->resident_pages) * page).epsilon(0.2));
  CHECK(ValueOf(registry, "process_virtual_memory_bytes") ==
        Approx(static_cast<double>(stat->virtual_bytes)).epsilon(0.2));
  timespec since_boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  const double age = static_cast<double>(since_boot.tv_sec) -
                     static_cast<double>(stat->start_ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  CHECK(std::chrono::duration<double>(now).count() - ValueOf(registry, "process_start_time_seconds") ==
        Approx(age).margin(5));
}

// CPU time of this process, in seconds.
double CpuTime() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

TEST_CASE("CPU time is told in seconds") {
  Registry registry;
  AddProcessMetrics(registry);
  while (CpuTime() < 0.1) {
  }
  const double before = CpuTime();
  const double told = ValueOf(registry, "process_cpu_seconds_total");
  const double error = 2.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));  // both parts are rounded
  CHECK(told >= before - error);
  CHECK(told <= CpuTime() + error);
}

TEST_CASE("the address space that the process may map is told, and not another limit of memory") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_DATA, &before) == 0);
  rlimit address_space{};
  REQUIRE(::getrlimit(RLIMIT_AS, &address_space) == 0);
  rlimit data = before;
  data.rlim_cur = rlim_t{1} << 46;                   // not what any other limit is
  if (::setrlimit(RLIMIT_DATA, &data) != 0) return;  // it is lower, and may not be raised
  Registry registry;
  AddProcessMetrics(registry);
  const double told = ValueOf(registry, "process_virtual_memory_max_bytes");
  ::setrlimit(RLIMIT_DATA, &before);
  CHECK(std::isinf(told) == (address_space.rlim_cur == RLIM_INFINITY));
  if (!std::isinf(told)) CHECK(told == static_cast<double>(address_space.rlim_cur));
}

TEST_CASE("received and sent bytes are not mixed up") {
  Registry registry;
  AddProcessMetrics(registry);
  const auto before = ParseNetstat(TextOf("/proc/self/net/netstat"));
  if (!before) return;  // a system without it
  const double received = ValueOf(registry, "process_network_receive_bytes_total");
  const double sent = ValueOf(registry, "process_network_transmit_bytes_total");
  const auto after = ParseNetstat(TextOf("/proc/self/net/netstat"));
  REQUIRE(after.has_value());
  CHECK(received >= static_cast<double>(before->received));
  CHECK(received <= static_cast<double>(after->received));
  CHECK(sent >= static_cast<double>(before->sent));
  CHECK(sent <= static_cast<double>(after->sent));
}

}  // namespace
}  // namespace k8sm::metrics
