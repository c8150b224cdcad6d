#include "test/apiserver/api_server.h"

#include "lib/async/task_group.h"
#include "test/apiserver/connection.h"
#include "test/apiserver/control_handler.h"
#include "test/apiserver/emulation.h"
#include "test/apiserver/fault_handler.h"
#include "test/apiserver/handler.h"
#include "test/apiserver/http_session.h"
#include "test/apiserver/loader.h"
#include "test/apiserver/registry.h"
#include "test/apiserver/store.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <glog/logging.h>

#include <chrono>
#include <optional>
#include <utility>

namespace k8sm::apiserver {
namespace {

using Tcp = asio::ip::tcp;

std::uint64_t FirstRevision(const ApiServerOptions& options) {
  if (options.first_version != 0) return options.first_version;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::uint64_t(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

void LogFailure(std::string_view name, std::string_view what) {
  LOG(ERROR) << name << ": " << what;
}

Result<const Resource*> ResourceNamed(std::string_view plural) {
  const Resource* resource = FindResource(plural);
  if (!resource) return Error{Errc::kNotFound, "no resource " + std::string(plural)};
  return resource;
}

Result<void> Listen(Tcp::acceptor& acceptor, const std::string& address, std::uint16_t& port) {
  boost::system::error_code error;
  const asio::ip::address parsed = asio::ip::make_address(address, error);
  if (error) return Error{Errc::kInvalidConfig, address + ": " + error.message()};
  const Tcp::endpoint endpoint(parsed, port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) {
    port = acceptor.local_endpoint().port();
    return {};
  }
  boost::system::error_code ignored;
  acceptor.close(ignored);
  return Error{Errc::kUnavailable,
               "cannot listen on " + address + ":" + std::to_string(port) + ": " + error.message()};
}

}  // namespace

class ApiServer::Impl {
 public:
  Impl(asio::any_io_executor executor, ApiServerOptions options)
      : options_(std::move(options)),
        store_(options_.history, FirstRevision(options_)),
        emulation_(*FeaturesOf(options_.emulate)),
        registry_(store_, emulation_.features().namespaces),
        handler_(store_, registry_, log_, authenticator_, emulation_),
        fault_handler_(faults_, store_, handler_),
        control_handler_(faults_, authenticator_),
        tasks_(executor, LogFailure),
        acceptor_(executor),
        control_acceptor_(executor) {
    if (!options_.tokens.empty()) authenticator_.SetTokens(options_.tokens);
    if (!options_.tls.client_ca_pem.empty()) authenticator_.RequireUser();
    faults_.OnChange([this] { ListenOrRefuse(); });
  }

  Result<std::uint16_t> Start() {
    Result<TlsContextPtr> tls = MakeServerTls(options_.tls);
    if (!tls) return tls.error();
    tls_ = std::move(*tls);
    if (options_.control_port) {
      const Result<void> listening = Listen(control_acceptor_, options_.address, *options_.control_port);
      if (!listening) return listening.error();
      tasks_.Spawn("accept control", Accept(control_acceptor_, nullptr, [this](const Request& request) {
                     return control_handler_.Handle(request);
                   }));
    }
    const Result<void> listening = ListenForRequests();
    if (!listening) return listening.error();
    started_ = true;
    ListenOrRefuse();
    return options_.port;
  }

  void Stop() {
    started_ = false;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    control_acceptor_.close(ignored);
    tasks_.Cancel();
  }

  Awaitable<void> Join() { return tasks_.Join(); }

  std::string Url(const char* scheme, std::uint16_t port) const {
    const bool v6 = options_.address.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + options_.address + "]" : options_.address;
    return std::string(scheme) + "://" + host + ":" + std::to_string(port);
  }

  Result<std::string> Write(std::string_view plural, std::string_view ns, std::string_view text,
                            bool create) {
    const Result<const Resource*> resource = ResourceNamed(plural);
    if (!resource) return resource.error();
    Outcome<Registry::Decoded> decoded = Registry::Decode(**resource, text, FieldValidation::kStrict);
    if (!decoded) return ToError(decoded.error());
    ObjectRef ref{*resource, std::string(ns), ""};
    if (!create) {
      if (const Json* metadata = Find(decoded->object, "metadata")) ref.name = GetString(*metadata, "name");
    } else if ((*resource)->namespaced) {
      registry_.EnsureNamespace(ns);
    }
    WriteOptions options;
    options.keep_status = true;
    const Outcome<Written> written = create ? registry_.Create(ref, std::move(decoded->object), options)
                                            : registry_.Update(ref, std::move(decoded->object), options);
    if (!written) return ToError(written.error());
    return written->object->text;
  }

  Result<void> Delete(std::string_view plural, std::string_view ns, std::string_view name) {
    const Result<const Resource*> resource = ResourceNamed(plural);
    if (!resource) return resource.error();
    DeleteOptions options;
    options.grace_period_seconds = 0;
    const Outcome<Deleted> deleted =
        registry_.Delete({*resource, std::string(ns), std::string(name)}, std::move(options));
    if (!deleted) return ToError(deleted.error());
    return {};
  }

  ApiServerOptions options_;
  Store store_;
  Emulation emulation_;
  Registry registry_;
  RequestLog log_;
  Authenticator authenticator_;
  Handler handler_;
  Faults faults_;
  FaultHandler fault_handler_;
  ControlHandler control_handler_;
  TaskGroup tasks_;

 private:
  Result<void> ListenForRequests() {
    const Result<void> listening = Listen(acceptor_, options_.address, options_.port);
    if (!listening) return listening;
    tasks_.Spawn("accept", Accept(acceptor_, tls_,
                                  [this](const Request& request) { return fault_handler_.Handle(request); }));
    return {};
  }

  void ListenOrRefuse() {
    if (!started_ || acceptor_.is_open() != faults_.refuses()) return;
    boost::system::error_code ignored;
    if (faults_.refuses()) {
      acceptor_.close(ignored);
      return;
    }
    const Result<void> listening = ListenForRequests();
    if (!listening) LOG(ERROR) << listening.error().message;
  }

  Awaitable<void> Accept(Tcp::acceptor& acceptor, TlsContextPtr tls, RequestHandler handler) {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(kToken);
      // A connection may have been accepted just before the acceptor was closed.
      if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
      if (error) {
        // Too many open files, most likely: some will be closed.
        LOG(ERROR) << "accept: " << error.message();
        co_await SleepFor(std::chrono::milliseconds(100));
        continue;
      }
      tasks_.Spawn("connection", ServeConnection(MakeConnection(std::move(socket), tls), handler, tasks_));
    }
  }

  TlsContextPtr tls_;
  bool started_ = false;
  Tcp::acceptor acceptor_;
  Tcp::acceptor control_acceptor_;
};

ApiServer::ApiServer(asio::any_io_executor executor, ApiServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options))) {}

ApiServer::~ApiServer() = default;

Result<std::uint16_t> ApiServer::Start() {
  return impl_->Start();
}

void ApiServer::Stop() {
  impl_->Stop();
}

Awaitable<void> ApiServer::Join() {
  return impl_->Join();
}

std::string ApiServer::Url() const {
  const ApiServerOptions& options = impl_->options_;
  return impl_->Url(options.tls.cert_pem.empty() ? "http" : "https", options.port);
}

std::string ApiServer::ControlUrl() const {
  return impl_->Url("http", impl_->options_.control_port.value_or(0));
}

Result<void> ApiServer::Load(const std::string& directory) {
  return LoadDirectory(impl_->registry_, directory);
}

Response ApiServer::Handle(const Request& request) {
  return impl_->fault_handler_.Handle(request);
}

Faults& ApiServer::faults() {
  return impl_->faults_;
}

void ApiServer::SetTokens(Tokens tokens) {
  impl_->authenticator_.SetTokens(std::move(tokens));
}

Result<std::string> ApiServer::Create(std::string_view resource, std::string_view ns,
                                      std::string_view object) {
  return impl_->Write(resource, ns, object, true);
}

Result<std::string> ApiServer::Update(std::string_view resource, std::string_view ns,
                                      std::string_view object) {
  return impl_->Write(resource, ns, object, false);
}

Result<void> ApiServer::Delete(std::string_view resource, std::string_view ns, std::string_view name) {
  return impl_->Delete(resource, ns, name);
}

Result<std::string> ApiServer::Get(std::string_view resource, std::string_view ns,
                                   std::string_view name) const {
  const Result<const Resource*> named = ResourceNamed(resource);
  if (!named) return named.error();
  const ObjectPtr object = impl_->store_.Of(**named).Find(ns, name);
  if (!object) return ToError(NotFound(**named, name));
  return object->text;
}

Result<std::vector<std::string>> ApiServer::List(std::string_view resource, std::string_view ns) const {
  const Result<const Resource*> named = ResourceNamed(resource);
  if (!named) return named.error();
  std::vector<std::string> objects;
  const std::string prefix = ns.empty() ? "" : std::string(ns) + "/";
  for (const auto& [key, object] : impl_->store_.Of(**named).objects()) {
    if (key.starts_with(prefix)) objects.push_back(object->text);
  }
  return objects;
}

std::uint64_t ApiServer::ResourceVersion() const {
  return impl_->store_.revision();
}

Result<std::uint64_t> ApiServer::ResourceVersion(std::string_view resource, std::string_view ns) const {
  const Result<const Resource*> named = ResourceNamed(resource);
  if (!named) return named.error();
  const History& history = impl_->store_.Of(**named).history();
  for (std::uint64_t position = history.end(); position > history.begin(); --position) {
    const Event& event = history.At(position - 1);
    if (ns.empty() || event.object->ns == ns) return event.revision();
  }
  return 0;
}

void ApiServer::Compact() {
  impl_->store_.Compact();
}

RequestLog& ApiServer::requests() {
  return impl_->log_;
}

}  // namespace k8sm::apiserver
