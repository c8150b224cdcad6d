#include "lib/metrics/process_metrics.h"

#include "test/support/catch.h"

#include <cmath>
#include <string>

namespace k8sm::metrics {
namespace {

TEST_CASE("a process' stat is read whatever the program's name") {
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

TEST_CASE("what is no process' stat is not read") {
  CHECK_FALSE(ParseProcessStat("").has_value());
  CHECK_FALSE(ParseProcessStat("4711 (a) S 1 2 3").has_value());
  CHECK_FALSE(ParseProcessStat("4711 (a) S 1 2 3 4 5 6 7 8 9 10 x 50 13 14 15 16 17 18 9 1 32").has_value());
}

TEST_CASE("the bytes of the network stand below their columns' names") {
  const auto bytes = ParseNetstat(
      "TcpExt: A B\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets OutOctets New\nIpExt: 0 300 200 5\n");
  REQUIRE(bytes.has_value());
  CHECK(bytes->received == 300);
  CHECK(bytes->sent == 200);
  CHECK_FALSE(ParseNetstat("").has_value());
  CHECK_FALSE(ParseNetstat("IpExt: InOctets OutOctets\n").has_value());
  CHECK_FALSE(ParseNetstat("IpExt: InOctets OutOctets\nIpExt: 1\n").has_value());
}

TEST_CASE("limits are read by name and may be infinite") {
  const std::string text =
      "Limit                     Soft Limit           Hard Limit           Units     \n"
      "Max open files            1024                 4096                 files     \n"
      "Max address space         unlimited            unlimited            bytes     \n";
  CHECK(ParseLimit(text, "Max open files") == 1024);
  CHECK(std::isinf(ParseLimit(text, "Max address space").value()));
  CHECK_FALSE(ParseLimit(text, "Max cpu time").has_value());
}

TEST_CASE("this process is told of") {
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

}  // namespace
}  // namespace k8sm::metrics
