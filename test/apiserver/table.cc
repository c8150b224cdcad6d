#include "test/apiserver/table.h"

#include "test/apiserver/table_cells.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace k8sm::apiserver {
namespace {

constexpr std::array<Column, 3> kEndpointsColumns{{{"Name"}, {"Endpoints"}, {"Age"}}};
constexpr std::array<Column, 5> kSliceColumns{{{"Name"}, {"AddressType"}, {"Ports"}, {"Endpoints"}, {"Age"}}};
constexpr std::array<Column, 10> kEventColumns{{{"Last Seen"},
                                                {"Type"},
                                                {"Reason"},
                                                {"Object"},
                                                {"Subobject", 1},
                                                {"Source", 1},
                                                {"Message"},
                                                {"First Seen", 1},
                                                {"Count", 1, "integer"},
                                                {"Name", 1}}};
constexpr std::array<Column, 3> kNamespaceColumns{{{"Name"}, {"Status"}, {"Age"}}};
constexpr std::array<Column, 10> kNodeColumns{{{"Name"},
                                               {"Status"},
                                               {"Roles"},
                                               {"Age"},
                                               {"Version"},
                                               {"Internal-IP", 1},
                                               {"External-IP", 1},
                                               {"OS-Image", 1},
                                               {"Kernel-Version", 1},
                                               {"Container-Runtime", 1}}};
constexpr std::array<Column, 9> kPodColumns{{{"Name"},
                                             {"Ready"},
                                             {"Status"},
                                             {"Restarts"},
                                             {"Age"},
                                             {"IP", 1},
                                             {"Node", 1},
                                             {"Nominated Node", 1},
                                             {"Readiness Gates", 1}}};
constexpr std::array<Column, 7> kServiceColumns{
    {{"Name"}, {"Type"}, {"Cluster-IP"}, {"External-IP"}, {"Port(s)"}, {"Age"}, {"Selector", 1}}};
constexpr std::array<Column, 3> kLeaseColumns{{{"Name"}, {"Holder"}, {"Age"}}};

struct Printer {
  std::string_view plural;
  std::span<const Column> columns;
  Cells (*cells)(const Json& object);
};

const Printer& PrinterOf(const Resource& resource) {
  static const std::array<Printer, 8> kPrinters{{{"endpoints", kEndpointsColumns, EndpointsCells},
                                                 {"endpointslices", kSliceColumns, EndpointSliceCells},
                                                 {"events", kEventColumns, EventCells},
                                                 {"namespaces", kNamespaceColumns, NamespaceCells},
                                                 {"nodes", kNodeColumns, NodeCells},
                                                 {"pods", kPodColumns, PodCells},
                                                 {"services", kServiceColumns, ServiceCells},
                                                 {"leases", kLeaseColumns, LeaseCells}}};
  return *std::find_if(kPrinters.begin(), kPrinters.end(),
                       [&](const Printer& printer) { return printer.plural == resource.plural; });
}

std::string Joined(std::int64_t large, char large_unit, std::int64_t small, char small_unit) {
  std::string text = std::to_string(large) + large_unit;
  return small == 0 ? text : text + std::to_string(small) + small_unit;
}

}  // namespace

std::span<const Column> ColumnsOf(const Resource& resource) {
  return PrinterOf(resource).columns;
}

Cells CellsOf(const Object& object) {
  return PrinterOf(*object.resource).cells(object.Parse());
}

std::string HumanDuration(std::int64_t seconds) {
  const std::int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24, years = days / 365;
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (minutes < 10) return Joined(minutes, 'm', seconds % 60, 's');
  if (hours < 3) return std::to_string(minutes) + "m";
  if (hours < 8) return Joined(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return std::to_string(hours) + "h";
  if (days < 8) return Joined(days, 'd', hours % 24, 'h');
  if (years < 2) return std::to_string(days) + "d";
  if (years < 8) return Joined(years, 'y', days % 365, 'd');
  return std::to_string(years) + "y";
}

std::string AgeOf(std::string_view timestamp) {
  std::tm utc{};
  const std::string text(timestamp);
  if (!strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc)) return "<unknown>";
  return HumanDuration(std::int64_t(std::time(nullptr)) - std::int64_t(timegm(&utc)));
}

}  // namespace k8sm::apiserver
