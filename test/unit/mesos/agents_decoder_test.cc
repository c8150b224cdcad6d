#include "lib/mesos/agents_decoder.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::mesos {
namespace {

using ports::Agent;

// An answer of Mesos 1.11 to /master/slaves.
const std::string kNew =
    R"({"slaves":[{"id":"5f3c-S12","hostname":"node12.example.net","port":5051,)"
    R"("attributes":{"rack":"r3","generation":2015.0,"public":"yes","zones":"{a,b}"},)"
    R"("pid":"slave(1)@10.20.3.12:5051","registered_time":1764259200.51234,"reregistered_time":1764345600.78123,)"
    R"("resources":{"cpus":16.0,"mem":63487.0,"ports":"[31000-31999]"},)"
    R"("used_resources":{"cpus":2.75,"ports":"[31000-31000, 31004-31005, 31900-31900]"},)"
    R"("offered_resources":{"cpus":0.0},)"
    R"("reserved_resources":{"fixed":{"cpus":0.0,"ports":"[31900-31999]"},"db":{"cpus":1.0}},)"
    R"("unreserved_resources":{"cpus":16.0,"ports":"[31000-31899]"},)"
    R"("active":true,"deactivated":false,"version":"1.11.0","capabilities":["MULTI_ROLE"],)"
    R"("used_resources_full":[{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":31000,"end":31000}]}}]}],)"
    R"("recovered_slaves":[{"id":"5f3c-S7","hostname":"node07.example.net","port":5051,"attributes":{}}]})";

// An answer of Mesos 0.22: without roles and used resources.
const std::string kOld =
    R"({"slaves":[{"active":true,"attributes":{},"hostname":"node1","id":"2015-S0","pid":"slave(1)@10.0.0.1:5051",)"
    R"("registered_time":1425000000.5,"resources":{"cpus":2,"disk":1,"mem":3,"ports":"[31000-31004, 31006-32000]"}}]})";

// An answer of Mesos 0.28 to /master/state.json, shortened.
const std::string kState =
    R"({"activated_slaves":1,"frameworks":[{"name":"Kubernetes","tasks":[{"resources":{"ports":"[1-2]"}}]}],)"
    R"("leader":"master@10.0.0.1:5050","slaves":[{"id":"S0","hostname":"node1","active":false,)"
    R"("resources":{"ports":"[31000-31001]"},"used_resources":{"cpus":0},"reserved_resources":{},)"
    R"("unreserved_resources":{"cpus":1,"ports":"[31000-31001]"}}],"unregistered_frameworks":[]})";

std::string OffersOf(const Agent& agent) {
  std::string text;
  for (const auto& [role, ports] : agent.offered) text += role + "=" + ToString(ports) + " ";
  return text;
}

TEST_CASE("an agent of Mesos 1.11 is decoded with its offers by role, used ports and attributes", "[mesos]") {
  const auto list = DecodeAgents(kNew);
  REQUIRE(list.has_value());
  REQUIRE(list->agents.size() == 1);
  const Agent& agent = list->agents[0];
  CHECK(agent.id == "5f3c-S12");
  CHECK(agent.name.get() == "node12.example.net");
  CHECK(agent.active);
  CHECK(OffersOf(agent) == "*=31000-31899 fixed=31900-31999 ");
  CHECK(ToString(agent.used) == "31000,31004-31005,31900");
  CHECK(agent.used_known);
  CHECK(agent.labels.size() == 4);
  CHECK(*agent.labels.Find("kubernetes.io/hostname") == "node12.example.net");
  CHECK(*agent.labels.Find("k8s.mesosphere.io/attribute-generation") == "2015");
  CHECK(*agent.labels.Find("k8s.mesosphere.io/attribute-public") == "yes");
  CHECK(list->recovered == 1U);
  CHECK(list->unreadable == 0);
  CHECK(list->first_registration == 1764259200.51234);
}

TEST_CASE("an agent of Mesos 0.22 offers all of its ports to every role, and its used ports are unknown",
          "[mesos]") {
  const auto list = DecodeAgents(kOld);
  REQUIRE(list.has_value());
  CHECK(OffersOf(list->agents[0]) == "*=31000-31004,31006-32000 ");
  CHECK_FALSE(list->agents[0].used_known);
  CHECK_FALSE(list->recovered.has_value());
}

TEST_CASE("the agents are found in a whole /master/state.json", "[mesos]") {
  const auto list = DecodeAgents(kState);
  REQUIRE(list.has_value());
  REQUIRE(list->agents.size() == 1);
  CHECK_FALSE(list->agents[0].active);
  CHECK(list->agents[0].used_known);
  CHECK(list->agents[0].used.empty());
}

TEST_CASE("an answer may arrive in pieces of any size", "[mesos]") {
  for (const std::string& text : {kNew, kOld, kState}) {
    const auto whole = DecodeAgents(text);
    for (std::size_t size = 1; size < 8; ++size) {
      AgentsDecoder decoder;
      for (std::size_t pos = 0; pos < text.size(); pos += size) {
        REQUIRE(decoder.Push(std::string_view(text).substr(pos, size)).has_value());
      }
      const auto list = decoder.Finish();
      REQUIRE(list.has_value());
      REQUIRE(list->agents.size() == whole->agents.size());
      REQUIRE(OffersOf(list->agents[0]) == OffersOf(whole->agents[0]));
      REQUIRE(list->recovered == whole->recovered);
    }
  }
}

TEST_CASE("an answer that is cut off at any byte is refused", "[mesos]") {
  for (std::size_t size = 0; size < kNew.size(); ++size) {
    const auto list = DecodeAgents(std::string_view(kNew).substr(0, size));
    REQUIRE(list.has_error());
    REQUIRE(list.error().code == Errc::kMalformed);
  }
}

TEST_CASE("an answer that is not a list of agents is refused with the reason", "[mesos]") {
  struct Case {
    std::string text, message;
  };
  const std::vector<Case> cases = {
      {"", "an empty answer"},
      {"<html>", "a list of agents is not a JSON object: <html>"},
      {"{}", "an answer without a list of agents"},
      {R"({"slaves":{}})", "an answer whose agents are not a list"},
      {R"({"slaves":null})", "an answer whose agents are not a list"},
      {R"({"slaves":[],"slaves":[]})", "an answer with two lists of agents"},
      {R"({"slaves":[]} x)", "a list of agents goes on with x"},
      {R"({"slaves":[],})", "a list of agents goes on with }"},
      {R"({"slaves":[,]})", "a list of agents goes on with ,]}"},
      {R"({"slaves" [])", "a list of agents goes on with []"},
      {R"({slaves:[]})", "a list of agents goes on with slaves:[]}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto list = DecodeAgents(c.text);
    REQUIRE(list.has_error());
    CHECK(list.error().message == c.message);
  }
}

TEST_CASE("an agent that cannot be decoded is left out and counted", "[mesos]") {
  const auto list = DecodeAgents(
      R"({"slaves":[{"id":"S0","hostname":"n0","resources":{"ports":"[5-1]"}},{"id":"S1"},7,)"
      R"({"id":"S3","hostname":"n3","resources":{"ports":7}},{"id":"S4","hostname":"n4","active":"yes"},)"
      R"({"id":"S5","hostname":"n5","resources":{}}]})");
  REQUIRE(list.has_value());
  REQUIRE(list->agents.size() == 1);
  CHECK(list->agents[0].name.get() == "n5");
  CHECK(list->agents[0].offered.empty());
  CHECK(list->unreadable == 5);
  REQUIRE(list->errors.size() == 5);
  CHECK(list->errors[0] ==
        "agent n0: .resources.ports: port ranges: byte 4: a range that ends before it begins");
  CHECK(list->errors[1] == "agent S1: .hostname: missing");
  CHECK(list->errors[3] == "agent n3: .resources.ports: expected a string, got an integer");
}

TEST_CASE("only the first kMaxErrors errors are kept", "[mesos]") {
  std::string text = R"({"slaves":[0)";
  for (int i = 0; i < 30; ++i) text += ",0";
  const auto list = DecodeAgents(text + "]}");
  REQUIRE(list.has_value());
  CHECK(list->unreadable == 31);
  CHECK(list->errors.size() == kMaxErrors);
}

TEST_CASE("agents that are draining or deactivated are not active", "[mesos]") {
  const auto list = DecodeAgents(
      R"({"slaves":[{"id":"S0","hostname":"n0","active":true,"drain_info":{"state":"DRAINING"}},)"
      R"({"id":"S1","hostname":"n1","active":true,"deactivated":true},{"id":"S2","hostname":"n2","drain_info":null}]})");
  REQUIRE(list.has_value());
  CHECK_FALSE(list->agents[0].active);
  CHECK_FALSE(list->agents[1].active);
  CHECK(list->agents[2].active);
}

TEST_CASE("an answer of more than 64 MiB is refused", "[mesos]") {
  AgentsDecoder decoder;
  REQUIRE(decoder.Push(R"({"frameworks":")").has_value());
  const std::string filler(1 << 20, 'x');
  Result<void> pushed;
  for (int i = 0; i < 64 && pushed.has_value(); ++i) pushed = decoder.Push(filler);
  REQUIRE(pushed.has_error());
  CHECK(pushed.error().message == "a list of agents of more than 64 MiB");
  CHECK(decoder.Push("x").has_error());
  CHECK(decoder.Finish().has_error());
}

TEST_CASE("an agent that is too long is left out, and the list goes on", "[mesos]") {
  const auto list = DecodeAgents(R"({"slaves":[{"id":")" + std::string(kMaxAgentBytes, 'x') +
                                 R"("},{"id":"S1","hostname":"n1"}]})");
  REQUIRE(list.has_value());
  CHECK(list->agents.size() == 1);
  CHECK(list->unreadable == 1);
}

TEST_CASE("agents with equal offers share their port ranges", "[mesos]") {
  const auto agent = [](const std::string& name, const std::string& ports) {
    return R"({"id":")" + name + R"(","hostname":")" + name + R"(","resources":{"ports":")" + ports +
           R"("}})";
  };
  const auto list =
      DecodeAgents(R"({"slaves":[)" + agent("n1", "[31000-32000]") + "," +
                   agent("n2", "[31000-31500, 31501-32000]") + "," + agent("n3", "[31000-31999]") + "]}");
  REQUIRE(list.has_value());
  const auto ranges = [&](std::size_t i) { return list->agents[i].offered[0].second.ranges().data(); };
  CHECK(ranges(0) == ranges(1));
  CHECK(ranges(0) != ranges(2));
}

// An agent "n" with these members.
Result<AgentList> WithMembers(const std::string& members) {
  return DecodeAgents(R"({"slaves":[{"id":"S0","hostname":"n")" + members + "}]}");
}

Agent ReadOne(const std::string& members) {
  const auto list = WithMembers(members);
  INFO(members);
  REQUIRE(list.has_value());
  REQUIRE(list->agents.size() == 1);
  return list->agents[0];
}

TEST_CASE("an agent offers its reserved and unreserved ports, or all of its ports if it reports neither",
          "[mesos]") {
  const std::string all = R"(,"resources":{"ports":"[1-9]"})";
  const std::string reserved = R"(,"reserved_resources":{"fixed":{"ports":"[5-9]"}})";
  const std::string unreserved = R"(,"unreserved_resources":{"ports":"[1-4]"})";
  CHECK(OffersOf(ReadOne(all)) == "*=1-9 ");
  CHECK(OffersOf(ReadOne(all + unreserved)) == "*=1-4 ");
  CHECK(OffersOf(ReadOne(all + reserved)) == "fixed=5-9 ");
  CHECK(OffersOf(ReadOne(all + reserved + unreserved)) == "*=1-4 fixed=5-9 ");
  CHECK_FALSE(ReadOne(all).used_known);
  CHECK(ReadOne(all + R"(,"used_resources":{})").used_known);
  CHECK(ToString(ReadOne(R"(,"used_resources":{"ports":"[3-4]"})").used) == "3-4");
}

TEST_CASE("at most 1,000 roles and 1,000 attributes of an agent are kept", "[mesos]") {
  std::string roles;
  std::string attributes;
  for (int i = 0; i < 1'001; ++i) {
    const std::string name = (i == 0 ? "" : ",") + ("\"r" + std::to_string(i) + "\":");
    roles += name + R"({"ports":"[1-2]"})";
    attributes += name + "\"a\"";
  }
  CHECK(ReadOne(",\"reserved_resources\":{" + roles + "}").offered.size() == 1'000);
  CHECK(ReadOne(",\"attributes\":{" + attributes + "}").labels.size() == 1 + 1'000);
}

TEST_CASE("only attributes and hostnames that are valid labels become labels", "[mesos]") {
  const Agent agent =
      ReadOne(R"(,"attributes":{"a":"x","b":null,"c":1.5,"d":1000000,"e":"x y","f g":"x","h":true})");
  std::string labels;
  for (const kube::Label& label : agent.labels) labels += label.key + "=" + label.value + " ";
  CHECK(labels ==
        "k8s.mesosphere.io/attribute-a=x k8s.mesosphere.io/attribute-c=1.5 kubernetes.io/hostname=n ");
  CHECK(agent.labels_from == ports::LabelSource::kAgent);
  const auto odd = DecodeAgents(R"({"slaves":[{"id":"S0","hostname":"n_"}]})");
  REQUIRE(odd.has_value());
  CHECK(odd->agents[0].labels.empty());
}

TEST_CASE("first_registration is the earliest registration or reregistration of all agents", "[mesos]") {
  const auto first = [](const std::string& a, const std::string& b) {
    return DecodeAgents(R"({"slaves":[{"id":"a","hostname":"a")" + a + R"(},{"id":"b","hostname":"b")" + b +
                        "}]}")
        ->first_registration;
  };
  CHECK_FALSE(first("", "").has_value());
  CHECK(first(R"(,"registered_time":5)", "") == 5);
  CHECK(first(R"(,"registered_time":5)", R"(,"registered_time":4)") == 4);
  CHECK(first(R"(,"registered_time":4)", R"(,"registered_time":5)") == 4);
  CHECK(first(R"(,"reregistered_time":3)", "") == 3);
  CHECK(first(R"(,"registered_time":5,"reregistered_time":6)", "") == 5);
  CHECK(first(R"(,"registered_time":7,"reregistered_time":6)", "") == 6);
  CHECK_FALSE(first(R"(,"registered_time":"5")", "").has_value());
}

TEST_CASE("an agent is active unless active, deactivated or drain_info says otherwise", "[mesos]") {
  CHECK(ReadOne("").active);
  CHECK(ReadOne(R"(,"active":true,"deactivated":false,"drain_info":null)").active);
  CHECK_FALSE(ReadOne(R"(,"active":false)").active);
  CHECK_FALSE(ReadOne(R"(,"deactivated":true)").active);
  CHECK_FALSE(ReadOne(R"(,"drain_info":{})").active);
}

TEST_CASE("an answer may have white space between all of its parts", "[mesos]") {
  const auto list = DecodeAgents(
      " {\n \"a\" : [ 1 , { } ] ,\t\"slaves\" :\r\n [ {\"id\":\"S\",\"hostname\":\"n\"} , "
      "{\"id\":\"T\",\"hostname\":\"m\"} ] , "
      "\"recovered_slaves\" : [ { } , { } ] } \n");
  REQUIRE(list.has_value());
  CHECK(list->agents.size() == 2);
  CHECK(list->recovered == 2U);
  CHECK(list->unreadable == 0);
}

TEST_CASE("a list of more than 50,000 agents is refused, and so is one that nests too deep", "[mesos]") {
  std::string agents = "0";
  for (int i = 1; i < 50'000; ++i) agents += ",0";
  // Each list counts by itself.
  const auto list = DecodeAgents(R"({"slaves":[0,0,0],"recovered_slaves":[)" + agents + "]}");
  REQUIRE(list.has_value());
  CHECK(list->unreadable == 3);
  CHECK(list->recovered == 50'000U);
  CHECK(DecodeAgents(R"({"slaves":[],"recovered_slaves":[)" + agents + ",0]}").error().message ==
        "a list of more than 50,000 agents");
  CHECK(DecodeAgents("{\"a\":" + std::string(100'000, '[')).error().message ==
        "a list of agents that is nested too deep");
}

TEST_CASE("a list with more than a million port ranges is refused, whatever they are for", "[mesos]") {
  // 5,000 ranges of one port each.
  std::string ranges;
  for (int port = 1; port < 10'000; port += 2)
    ranges += (ranges.empty() ? "[" : ",") + std::to_string(port) + "-" + std::to_string(port);
  ranges += "]";
  // An agent with 20 times as many: reserved for 18 roles, unreserved, and used.
  std::string agent =
      R"({"hostname":"n","used_resources":{"ports":")" + ranges + R"("},"reserved_resources":{)";
  for (int role = 0; role < 18; ++role)
    agent += (role == 0 ? "\"r" : ",\"r") + std::to_string(role) + R"(":{"ports":")" + ranges + "\"}";
  agent += R"(},"unreserved_resources":{"ports":")" + ranges + "\"}}";
  AgentsDecoder decoder;
  REQUIRE(decoder.Push(R"({"slaves":[)" + agent).has_value());
  for (int i = 1; i < 10; ++i) REQUIRE(decoder.Push("," + agent).has_value());
  REQUIRE(decoder.Push(R"(,{"hostname":"without"})").has_value());
  const auto pushed = decoder.Push(R"(,{"hostname":"one","used_resources":{"ports":"[1-2]"}})");
  REQUIRE(pushed.has_error());
  CHECK(pushed.error().message == "a list of agents with more than 1,000,000 ranges of ports");
  CHECK(decoder.Finish().error().message == pushed.error().message);
}

TEST_CASE("an error names an agent without a hostname by its ID, or as an agent", "[mesos]") {
  const auto list = DecodeAgents(R"({"slaves":[{"hostname":7},{"id":")" + std::string(200, 'i') + R"("}]})");
  REQUIRE(list.has_value());
  REQUIRE(list->errors.size() == 2);
  CHECK(list->errors[0].starts_with("an agent: "));
  CHECK(list->errors[1] == "agent " + std::string(97, 'i') + "...: .hostname: missing");
}

}  // namespace
}  // namespace k8sm::mesos
