#include "test/integration/model/random_faults.h"

#include "test/apiserver/fault_rule.h"

#include <stdexcept>
#include <utility>

namespace k8sm::test {
namespace {

// A fault for any request.
std::string AnyEffect(Dice& dice) {
  const std::string bytes = std::to_string(dice.Below(2000));
  const std::string code = dice.OneOf({"401", "403", "409", "410", "429", "500", "503", "504"});
  switch (dice.Below(10)) {
    case 0:
      return R"("effect":"cut","carriedOut":false)";
    case 1:
      return R"("effect":"reset","afterBytes":)" + bytes;
    case 2:
      return R"("effect":"garbage","afterBytes":)" + bytes;
    case 3:
      return R"("effect":"truncate")";
    case 4:
      return R"("effect":"status","code":)" + code;
    case 5:
      return R"("effect":"status","carriedOut":true,"code":)" + dice.OneOf({"500", "503", "504"});
    case 6:
      return R"("effect":"contentType","contentType":"text/html")";
    case 7:
      return R"("effect":"compact")";
    case 8:
      return R"("effect":"delay","ms":)" + std::to_string(dice.Below(10));
    default:
      return R"("effect":"cut","afterBytes":)" + bytes;
  }
}

// A fault for a watch.
std::string WatchEffect(Dice& dice) {
  const std::string events = R"(,"afterEvents":)" + std::to_string(dice.Below(6));
  switch (dice.Below(6)) {
    case 0:
      return R"("effect":"noBookmarks")" + events;
    case 1:
      return R"("effect":"duplicate")" + events;
    case 2:
      return R"("effect":"reorder")" + events;
    case 3:
      return R"("effect":"past")" + events;
    case 4:
      return R"("effect":"truncate")" + events;
    default:
      return R"("effect":"errorEvent","code":)" + dice.OneOf({"403", "410", "429", "500", "504"}) + events;
  }
}

std::string Rule(Dice& dice) {
  // Only for requests of the controller, as tests use the API, too.
  std::string rule = R"({"userAgent":"k8sm-controller-manager",)";
  if (dice.Chance(40)) {
    rule += R"("verb":"watch",)" + WatchEffect(dice);
  } else {
    rule += AnyEffect(dice);
    if (dice.Chance(50))
      rule += R"(,"verb":")" + dice.OneOf({"create", "update", "delete", "list", "watch"}) + '"';
  }
  if (dice.Chance(40)) {
    rule +=
        R"(,"resource":")" + dice.OneOf({"pods", "services", "nodes", "endpoints", "endpointslices"}) + '"';
  }
  if (dice.Chance(50)) return rule + R"(,"times":)" + std::to_string(dice.Between(1, 4)) + "}";
  return rule + R"(,"probability":0.)" + std::to_string(dice.Between(1, 4)) + R"(,"seed":)" +
         std::to_string(dice.Below(1000)) + "}";
}

}  // namespace

std::string BreakByChance(apiserver::ApiServer& server, Dice& dice) {
  std::string rules = "[" + Rule(dice);
  for (std::size_t more = dice.Below(3); more > 0; --more) rules += "," + Rule(dice);
  rules += "]";
  auto parsed = apiserver::ParseFaults(rules);
  if (!parsed) throw std::logic_error(rules + ": " + parsed.error().message);
  server.faults().Set(std::move(*parsed));
  return rules;
}

}  // namespace k8sm::test
