#include "controller/program/permission_check.h"

#include "test/support/catch.h"
#include "test/support/recording.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <iostream>
#include <memory>
#include <sstream>
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

// A server of Kubernetes 1.1, and the permissions that a single dry run needs: list and watch on three
// resources.
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

TEST_CASE("each permission is reviewed, in the newest API version that the server serves") {
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

TEST_CASE("an error says that the server serves no reviews, or how it failed") {
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

TEST_CASE("no permissions are reviewed on a server whose version cannot be read") {
  asio::io_context io;
  client::ScriptServer server(io, {{{AnswerWith("500 Internal Server Error", "", "{}")}}});
  const auto client = client::ApiClient::Create(io.get_executor(), server.config(), {}).value();
  const auto result = client::Run(io, AskForPermissions(*client, {}));
  REQUIRE(result.has_error());
  CHECK(result.error().code == Errc::kServerError);
  CHECK(server.requests().size() == 1);
}

// Captures what is printed to a stream during its lifetime.
class Printed {
 public:
  explicit Printed(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
  ~Printed() { stream_.rdbuf(before_); }
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostream& stream_;
  std::ostringstream text_;
  std::streambuf* const before_;
};

TEST_CASE(
    "-check_permissions prints the table, and exits with 0 if all needed permissions are granted, else with "
    "1") {
  for (const bool granted : {true, false}) {
    CAPTURE(granted);
    std::vector<std::string> reviews(7, kAllowed);
    if (!granted) reviews[3] = kDenied;
    Fixture f(reviews);
    const Printed out(std::cout);
    const Printed err(std::cerr);
    CHECK(client::Run(f.io, CheckPermissions(*f.client, f.options)) == (granted ? 0 : 1));
    CHECK(out.text().starts_with("ALLOWED  NEEDED  VERB   RESOURCE   NAMESPACE  FOR\n"));
    CHECK(out.text().ends_with(granted ? "All 6 permissions are granted.\n"
                                       : "1 needed permission is missing; deploy/OPERATIONS.md says what "
                                         "each is for.\n"));
    CHECK(err.text().empty());
  }
}

TEST_CASE("-check_permissions says why it cannot ask, and exits with 1") {
  Fixture f({kNotFound, kNotFound});
  const Printed out(std::cout);
  const Printed err(std::cerr);
  CHECK(client::Run(f.io, CheckPermissions(*f.client, f.options)) == 1);
  CHECK(out.text().empty());
  CHECK(
      err.text() ==
      "k8sm-controller-manager: cannot ask http://127.0.0.1:" + std::to_string(f.server.config().port) +
          " for permissions: the API server serves no SelfSubjectAccessReviews (authorization.k8s.io), so it "
          "cannot be asked for permissions\n");
}

}  // namespace
}  // namespace k8sm::controller
