#include "controller/program/permission_check.h"

#include "test/support/catch.h"
#include "test/support/recording.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using client::AnswerWith;
using client::JsonAnswer;
using client::Turn;

const std::string kAllowed = JsonAnswer(R"({"status":{"allowed":true}})");
const std::string kDenied = JsonAnswer(R"({"status":{"allowed":false}})");
const std::string kNotFound =
    AnswerWith("404 Not Found", "Content-Type: text/plain\r\n", "404 page not found");

// A server of Kubernetes 1.1, which is asked what a single dry run needs: list and watch of three resources.
struct Fixture {
  explicit Fixture(const std::vector<std::string>& reviews) : server(io, {TurnsOf(reviews)}) {
    options.dry_run = true;
    options.once = true;
  }

  static std::vector<Turn> TurnsOf(const std::vector<std::string>& reviews) {
    std::vector<Turn> turns = {{JsonAnswer(test::LoadRecording("k8s-1.1-version").body)},
                               {JsonAnswer(test::LoadRecording("k8s-1.1-apis").body)}};
    for (const std::string& review : reviews) turns.push_back({review});
    return turns;
  }
  Result<std::vector<PermissionAnswer>> Ask() { return client::Run(io, AskForPermissions(*client, options)); }
  // The number of reviews asked of that version of the API.
  std::size_t Reviews(const std::string& version) const {
    std::size_t count = 0;
    for (const std::string& request : server.requests()) {
      const bool asked = request.starts_with("POST /apis/authorization.k8s.io/" + version + "/self");
      const bool says = request.find("\"authorization.k8s.io/" + version + "\"") != std::string::npos;
      CHECK(asked == says);
      if (asked) ++count;
    }
    return count;
  }

  asio::io_context io;
  client::ScriptServer server;
  std::unique_ptr<client::ApiClient> client =
      client::ApiClient::Create(io.get_executor(), server.config(), {}).value();
  Options options;
};

TEST_CASE("each permission is asked for, in the version of reviews that the server serves") {
  const std::vector<std::string> answers = {kAllowed, kAllowed, kDenied, kAllowed, kAllowed, kAllowed};
  for (const std::string version : {"v1", "v1beta1"}) {
    CAPTURE(version);
    std::vector<std::string> reviews;
    if (version == "v1beta1") reviews.push_back(kNotFound);
    reviews.push_back(kDenied);  // which version is served
    reviews.insert(reviews.end(), answers.begin(), answers.end());
    Fixture f(reviews);
    const auto result = f.Ask();
    REQUIRE(result.has_value());
    REQUIRE(result->size() == answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i) CHECK((*result)[i].allowed == (answers[i] == kAllowed));
    CHECK((*result)[2].permission.attributes.verb == "list");
    CHECK((*result)[2].permission.attributes.resource == "pods");
    CHECK(f.Reviews(version) == 1 + answers.size());
    CHECK(f.server.requests().size() == 2 + reviews.size());
  }
}

TEST_CASE("a server that serves no reviews, or fails, is told of as such") {
  struct Case {
    std::vector<std::string> reviews;
    Errc code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{kNotFound, kNotFound}, Errc::kNotFound, "serves no SelfSubjectAccessReviews"},
      {{AnswerWith("403 Forbidden", "", R"({"kind":"Status","message":"not you"})")},
       Errc::kForbidden,
       "not you"},
      {{kAllowed, kAllowed, JsonAnswer("{}")}, Errc::kMalformed, "status"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    Fixture f(c.reviews);
    const auto result = f.Ask();
    REQUIRE(result.has_error());
    CHECK(result.error().code == c.code);
    CHECK(result.error().message.find(c.message) != std::string::npos);
  }
}

}  // namespace
}  // namespace k8sm::controller
