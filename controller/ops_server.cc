#include "controller/ops_server.h"

#include "lib/async/notifier.h"
#include "lib/async/task_group.h"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/error_code.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <glog/logging.h>

#include <exception>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace urls = boost::urls;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t kMaxHeader = 16 << 10;
constexpr std::size_t kMaxBody = 64 << 10;
constexpr std::size_t kReadSize = 4 << 10;
// How long accepting rests where the system lacks what a connection needs.
constexpr milliseconds kAcceptPause{100};
// How long a client may take to close its side, once it has been told all that it will be.
constexpr milliseconds kLingerTime{1000};

struct Page {
  http::status status = http::status::ok;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

using Handler = std::function<Page(const urls::url_view& url)>;
// By path. One that ends in a slash serves everything below it that has no route of its own.
using Routes = std::map<std::string, Handler, std::less<>>;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

Page NotFound() {
  return {.status = http::status::not_found, .body = "404 page not found\n"};
}

Page Refusal(http::status status) {
  std::ostringstream text;
  text << static_cast<unsigned>(status) << " " << status << "\n";
  return {.status = status, .body = text.str()};
}

HealthQuery HealthQueryOf(const urls::url_view& url) {
  HealthQuery query;
  const urls::encoding_opts plus_is_space(true);
  for (const auto& param : url.params(plus_is_space)) {
    if (param.key == "verbose") query.verbose = true;
    if (param.key == "exclude") query.exclude.insert(std::string(param.value));
  }
  return query;
}

Page HealthPage(const HealthAnswer& answer) {
  for (const HealthChange& change : answer.changes) {
    if (change.well) {
      LOG(INFO) << change.text;
    } else {
      LOG(WARNING) << change.text;
    }
  }
  return {.status = answer.well ? http::status::ok : http::status::internal_server_error,
          .body = answer.body};
}

void AddHealthRoutes(HealthEndpoint endpoint, HealthChecks& checks, Routes& routes) {
  const std::string path = "/" + std::string(ToString(endpoint));
  const std::string folder = path + "/";
  routes[path] = [endpoint, &checks](const urls::url_view& url) {
    return HealthPage(checks.Answer(endpoint, HealthQueryOf(url)));
  };
  routes[folder] = [endpoint, &checks, folder](const urls::url_view& url) {
    const auto answer = checks.AnswerOne(endpoint, url.path().substr(folder.size()));
    return answer ? HealthPage(*answer) : NotFound();
  };
}

const Handler* FindHandler(const Routes& routes, std::string_view path) {
  auto route = routes.find(path);
  if (route == routes.end()) route = routes.find(path.substr(0, path.find('/', 1) + 1));
  return route == routes.end() ? nullptr : &route->second;
}

Page PageFor(const Routes& routes, const Request& request) {
  // Since HTTP/1.1 a request names the host that it means, even to a server that has but one.
  if (request.version() >= 11 && request.count(http::field::host) == 0)
    return Refusal(http::status::bad_request);
  const auto target = request.target();
  const auto url = target.starts_with('/') ? urls::parse_origin_form(target) : urls::parse_uri(target);
  if (!url) return Refusal(http::status::bad_request);
  const Handler* handler = FindHandler(routes, url->path());
  if (handler == nullptr) return NotFound();
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  return reads ? (*handler)(*url) : Refusal(http::status::method_not_allowed);
}

Response ResponseTo(unsigned version, bool keep_alive, Page page) {
  Response response(page.status, version);
  response.set(http::field::content_type, page.content_type);
  response.set("X-Content-Type-Options", "nosniff");
  if (page.status == http::status::method_not_allowed) response.set(http::field::allow, "GET, HEAD");
  response.keep_alive(keep_alive);
  response.content_length(page.body.size());
  response.body() = std::move(page.body);
  return response;
}

// How to answer a request that could not be read; http::status::unknown: not at all, nobody listens.
http::status StatusFor(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return http::status::request_header_fields_too_large;
  if (error == http::error::body_limit) return http::status::payload_too_large;
  const bool incomplete = error == http::error::end_of_stream || error == http::error::partial_message;
  const bool malformed = error.category() == error_code(http::error::bad_method).category();
  return malformed && !incomplete ? http::status::bad_request : http::status::unknown;
}

void LogBug(std::string_view task, std::string_view what) {
  LOG(ERROR) << "the task \"" << task << "\" has failed: " << what;
}

Result<tcp::acceptor> OpenAcceptor(const asio::any_io_executor& executor, const std::string& address,
                                   std::uint16_t port) {
  const auto fail = [&](const error_code& error) {
    const bool is_v6 = address.find(':') != std::string::npos;
    return Error{.code = Errc::kInvalidConfig,
                 .message = "cannot listen on " + (is_v6 ? "[" + address + "]" : address) + ":" +
                            std::to_string(port) + " (-address, -port): " + error.message()};
  };
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(error);
  const tcp::endpoint endpoint(ip, port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  // A restart does not wait for the connections of the run before to be forgotten.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail(error);
  return acceptor;
}

}  // namespace

class OpsServer::Impl {
 public:
  Impl(asio::any_io_executor executor, tcp::acceptor acceptor, HealthChecks& checks, OpsServerLimits limits);

  std::uint16_t port() const { return port_; }
  Awaitable<void> Run();

 private:
  struct Session {
    explicit Session(tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer{2 * kMaxHeader};  // what has arrived and is not read yet
  };
  using Sessions = std::list<Session>;

  Awaitable<void> Accept();
  Awaitable<void> MakeRoom();
  Awaitable<void> Serve(Sessions::iterator session);
  Awaitable<void> Converse(Sessions::iterator session);
  Awaitable<bool> WaitForRequest(Session& session);
  Awaitable<bool> AnswerRequest(Session& session);
  Awaitable<void> HangUp(Session& session);

  const OpsServerLimits limits_;
  const std::uint16_t port_;
  tcp::acceptor acceptor_;
  Routes routes_;
  bool accepting_ = true;  // false: it did not work at the last try
  Sessions sessions_;      // the one that was served longest ago comes first
  Notifier session_ended_;
  TaskGroup tasks_;
};

OpsServer::Impl::Impl(asio::any_io_executor executor, tcp::acceptor acceptor, HealthChecks& checks,
                      OpsServerLimits limits)
    : limits_(limits),
      port_(acceptor.local_endpoint().port()),
      acceptor_(std::move(acceptor)),
      session_ended_(executor),
      tasks_(executor, LogBug) {
  for (const auto endpoint : {HealthEndpoint::kHealthz, HealthEndpoint::kLivez, HealthEndpoint::kReadyz}) {
    AddHealthRoutes(endpoint, checks, routes_);
  }
}

Awaitable<void> OpsServer::Impl::Run() {
  // A cancellation ends the loop, not the coroutine: there are connections to be closed.
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) break;
    co_await Accept();
  }
  error_code ignored;
  acceptor_.close(ignored);
  for (Session& session : sessions_) session.stream.close();
  co_await tasks_.Join();
}

Awaitable<void> OpsServer::Impl::Accept() {
  auto [error, socket] = co_await acceptor_.async_accept(kToken);
  if (error == asio::error::operation_aborted) co_return;
  if (error) {
    if (std::exchange(accepting_, false)) LOG(WARNING) << "cannot accept a connection: " << error.message();
    co_await SleepFor(kAcceptPause);
    co_return;
  }
  accepting_ = true;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_await MakeRoom();
  sessions_.emplace_back(std::move(socket));
  tasks_.Spawn("ops connection", Serve(std::prev(sessions_.end())));
}

Awaitable<void> OpsServer::Impl::MakeRoom() {
  while (sessions_.size() >= limits_.connections) {
    VLOG(2) << limits_.connections << " ops connections, and one more: closing the one served longest ago";
    sessions_.front().stream.close();
    co_await session_ended_.Wait();
  }
}

// The session stays where it is until it has ended. What throws in it is a bug, but no reason to keep its
// place.
Awaitable<void> OpsServer::Impl::Serve(Sessions::iterator session) {
  try {
    co_await Converse(session);
  } catch (const std::exception& exception) {
    LogBug("ops connection", exception.what());
  }
  sessions_.erase(session);
  session_ended_.Notify();
}

Awaitable<void> OpsServer::Impl::Converse(Sessions::iterator session) {
  for (;;) {
    const bool asked = co_await WaitForRequest(*session);
    if (!asked) break;
    const bool goes_on = co_await AnswerRequest(*session);
    if (!goes_on) break;
    sessions_.splice(sessions_.end(), sessions_, session);
  }
  co_await HangUp(*session);
}

// Returns whether a request has begun to arrive.
Awaitable<bool> OpsServer::Impl::WaitForRequest(Session& session) {
  if (session.buffer.size() > 0) co_return true;
  session.stream.expires_after(limits_.idle_time);
  const auto [error, size] =
      co_await session.stream.async_read_some(session.buffer.prepare(kReadSize), kToken);
  session.buffer.commit(size);
  co_return !error;
}

// Returns whether the connection may carry another request.
Awaitable<bool> OpsServer::Impl::AnswerRequest(Session& session) {
  session.stream.expires_after(limits_.request_time);
  http::request_parser<http::string_body> parser;
  parser.header_limit(kMaxHeader);
  parser.body_limit(kMaxBody);
  const auto [read_error, read_size] =
      co_await http::async_read(session.stream, session.buffer, parser, kToken);
  const http::status refusal = read_error ? StatusFor(read_error) : http::status::ok;
  if (refusal == http::status::unknown) co_return false;
  const Request& request = parser.get();
  Response response = read_error
                          ? ResponseTo(11, false, Refusal(refusal))
                          : ResponseTo(request.version(), request.keep_alive(), PageFor(routes_, request));
  // The head of an answer to HEAD tells of the body that is not sent.
  if (!read_error && request.method() == http::verb::head) response.body().clear();
  const auto [write_error, write_size] = co_await http::async_write(session.stream, response, kToken);
  co_return !write_error && response.keep_alive();
}

// Ends a connection after its last answer. Closing a socket with unread bytes in it would make the peer
// forget what it has not read yet, so the rest of what it sends is thrown away first, within reason.
Awaitable<void> OpsServer::Impl::HangUp(Session& session) {
  error_code error;
  session.stream.socket().shutdown(tcp::socket::shutdown_send, error);
  if (error) co_return;
  session.stream.expires_after(kLingerTime);
  session.buffer.clear();
  for (std::size_t discarded = 0; discarded < kMaxBody;) {
    const auto [read_error, size] =
        co_await session.stream.async_read_some(session.buffer.prepare(kReadSize), kToken);
    if (read_error) break;
    discarded += size;
  }
}

Result<std::unique_ptr<OpsServer>> OpsServer::Listen(asio::any_io_executor executor,
                                                     const std::string& address, std::uint16_t port,
                                                     HealthChecks& checks, OpsServerLimits limits) {
  auto acceptor = OpenAcceptor(executor, address, port);
  if (!acceptor) return acceptor.error();
  auto impl = std::make_unique<Impl>(std::move(executor), *std::move(acceptor), checks, limits);
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(impl)));
}

OpsServer::OpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OpsServer::~OpsServer() = default;

std::uint16_t OpsServer::port() const {
  return impl_->port();
}

Awaitable<void> OpsServer::Run() {
  return impl_->Run();
}

}  // namespace k8sm::controller
