#include "test/unit/endpoints/random_state.h"

#include "test/support/builders.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace k8sm::endpoints {
namespace {

using kube::IpFamily;
using kube::Protocol;

class Dice {
 public:
  explicit Dice(std::mt19937& random) : random_(random) {}

  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  template <class T>
  T OneOf(const std::vector<T>& choices) {
    return choices[random_() % choices.size()];
  }

 private:
  std::mt19937& random_;
};

const std::vector<Protocol> kProtocols = {Protocol::kTcp, Protocol::kTcp, Protocol::kUdp};
const std::vector<std::int32_t> kPorts = {8080, 9090, 53};
const std::vector<std::string> kPortNames = {"http", "admin", "dns"};

kube::Service RandomService(Dice& dice) {
  test::ServiceBuilder service = test::MakeService("web");
  if (dice.Chance(20)) service.Headless();
  if (dice.Chance(20)) service.PublishNotReadyAddresses();
  service.Families(dice.OneOf<std::vector<IpFamily>>(
      {{}, {IpFamily::kIPv4}, {IpFamily::kIPv4}, {IpFamily::kIPv6}, {IpFamily::kIPv6, IpFamily::kIPv4}}));
  const int ports = dice.Below(4);
  for (int i = 0; i < ports; ++i) {
    test::ServiceBuilder::PortSpec port{.name = "p" + std::to_string(i), .number = 80 + i};
    port.protocol = dice.OneOf(kProtocols);
    if (dice.Chance(40)) {
      port.target = dice.OneOf(kPortNames);
    } else {
      port.target = dice.OneOf(kPorts);
    }
    service.Port(port);
  }
  return service;
}

void AddPorts(Dice& dice, test::PodBuilder& pod) {
  const int ports = dice.Below(5);
  for (int i = 0; i < ports; ++i) {
    test::PodBuilder::PortSpec port{.number = dice.OneOf(kPorts)};
    port.name = dice.OneOf<std::string>({"", "http", "admin", "dns"});
    port.host_port = dice.OneOf<std::int32_t>({0, 31000, 31001, 31002, 31003});
    port.protocol = dice.OneOf(kProtocols);
    port.host_ip = dice.OneOf<std::string>({"", "", "", "", "0.0.0.0", "10.0.0.1", "fd00::1", "127.0.0.1"});
    pod.Port(port);
  }
}

void AddAnnotations(Dice& dice, test::PodBuilder& pod) {
  for (const std::string protocol : {"TCP", "UDP"}) {
    const auto value = [&] { return dice.OneOf<std::string>({"31000", "31001", "31004", "0", "none"}); };
    if (dice.Chance(10)) {
      pod.Annotation("k8s.mesosphere.io/port_" + protocol + "_" + std::to_string(dice.OneOf(kPorts)),
                     value());
    }
    if (dice.Chance(10)) {
      pod.Annotation("k8s.mesosphere.io/portName_" + protocol + "_" + dice.OneOf(kPortNames), value());
    }
  }
}

void Place(Dice& dice, test::PodBuilder& pod, int index) {
  if (dice.Chance(8)) {
    pod.Unscheduled();
    return;
  }
  const std::string node = std::to_string(dice.Below(4) + 1);
  const std::string v4 = "10.0.0." + node;
  const std::string v6 = "fd00:10::" + node;
  pod.On("node-" + node, dice.Chance(5) ? "127.0.0.1" : v4.c_str());
  if (dice.Chance(50)) pod.HostIps({v4.c_str(), v6.c_str()});
  pod.PodIps(
      {("172.17.0." + std::to_string(index + 1)).c_str(), ("fd00:17::" + std::to_string(index + 1)).c_str()});
  if (dice.Chance(10)) pod.PodIps({v4.c_str()});
}

kube::Pod RandomPod(Dice& dice, int index) {
  using kube::PodPhase;
  test::PodBuilder pod = test::MakePod("pod-" + std::to_string(index));
  Place(dice, pod, index);
  AddPorts(dice, pod);
  AddAnnotations(dice, pod);
  pod.CreatedAt(std::chrono::seconds(dice.Below(3))).Ready(dice.Chance(60));
  if (dice.Chance(10)) pod.Terminating();
  if (dice.Chance(10)) pod.HostNetwork();
  if (dice.Chance(20)) pod.Hostname("host-" + std::to_string(index), dice.Chance(50) ? "web" : "other");
  if (dice.Chance(10))
    pod.Phase(dice.OneOf<PodPhase>({PodPhase::kSucceeded, PodPhase::kFailed, PodPhase::kUnknown}));
  return pod;
}

}  // namespace

RandomState MakeRandomState(std::mt19937& random) {
  Dice dice(random);
  RandomState state{.service = RandomService(dice)};
  const int pods = dice.Below(25);
  for (int i = 0; i < pods; ++i) state.pods.push_back(RandomPod(dice, i));
  return state;
}

}  // namespace k8sm::endpoints
