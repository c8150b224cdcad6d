#include "test/apiserver/api_server.h"

#include "lib/async/task_group.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/server.h"
#include "test/apiserver/control_handler.h"
#include "test/apiserver/emulation.h"
#include "test/apiserver/fault_handler.h"
#include "test/apiserver/handler.h"
#include "test/apiserver/http_service.h"
#include "test/apiserver/loader.h"
#include "test/apiserver/protobuf.h"
#include "test/apiserver/registry.h"
#include "test/apiserver/store.h"

#include <glog/logging.h>

#include <chrono>
#include <optional>
#include <utility>

namespace k8sm::apiserver {
namespace {

using http_server::Exchange;
using http_server::Server;

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
        executor_(executor),
        tasks_(executor, LogFailure) {
    if (!options_.tokens.empty()) authenticator_.SetTokens(options_.tokens);
    if (!options_.tls.client_ca_pem.empty()) authenticator_.RequireUser();
    faults_.OnChange([this] { ListenOrRefuse(); });
  }

  Result<std::uint16_t> Start() {
    http_server::TlsSource tls;
    if (!options_.tls.cert_pem.empty()) {
      const auto context = http_server::MakeTlsContext(options_.tls);
      if (!context) return context.error();
      tls = [context = *context] { return context; };
    }
    auto server = Listen(options_.port, tls, answer_);
    if (!server) return server.error();
    if (options_.control_port) {
      auto control = Listen(*options_.control_port, {}, control_answer_);
      if (!control) return control.error();
      control_server_ = *std::move(control);
      tasks_.Spawn("serve control", Serve(*control_server_));
    }
    server_ = *std::move(server);
    tasks_.Spawn("serve", Serve(*server_));
    ListenOrRefuse();
    return options_.port;
  }

  void Stop() {
    for (auto* server : {&server_, &control_server_}) {
      if (!*server) continue;
      (*server)->Stop();
      stopped_servers_.push_back(std::move(*server));
    }
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
    const Outcome<std::string> understood = emulation_.UnderstandObject(**resource, text);
    if (!understood) return ToError(understood.error());
    Outcome<Registry::Decoded> decoded = Registry::Decode(**resource, *understood, FieldValidation::kStrict);
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
    return emulation_.Show(**resource, *written->object);
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

  Response Handle(const Request& request) {
    Response response = fault_handler_.Handle(request);
    if (emulation_.features().json_only) return response;
    return InPreferredEncoding(request, std::move(response));
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
  const asio::any_io_executor executor_;
  TaskGroup tasks_;

 private:
  // Sets `port` to the actual port.
  Result<std::unique_ptr<Server>> Listen(std::uint16_t& port, http_server::TlsSource tls,
                                         const RequestHandler& handler) {
    http_server::ServerOptions options = DefaultServerOptions();
    options.address = options_.address;
    options.port = port;
    options.tls = std::move(tls);
    auto server = Server::Listen(executor_, std::move(options),
                                 [&handler](Exchange& exchange) { return Answer(exchange, handler); });
    if (server) port = (*server)->port();
    return server;
  }

  // After a Stop() the server may have connections for a while.
  Awaitable<void> Serve(Server& server) {
    co_await server.Run();
    std::erase_if(stopped_servers_, [&server](const auto& each) { return each.get() == &server; });
  }

  void ListenOrRefuse() {
    if (!server_ || server_->listening() != faults_.refuses()) return;
    if (faults_.refuses()) return server_->StopListening();
    const Result<void> listening = server_->ListenAgain();
    if (!listening) LOG(ERROR) << listening.error().message;
  }

  const RequestHandler answer_ = [this](const Request& request) { return Handle(request); };
  const RequestHandler control_answer_ = [this](const Request& request) {
    return control_handler_.Handle(request);
  };
  std::unique_ptr<Server> server_;          // null: not started
  std::unique_ptr<Server> control_server_;  // null: not started, or no control port
  std::vector<std::unique_ptr<Server>> stopped_servers_;
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
  return impl_->Handle(request);
}

const Features& ApiServer::features() const {
  return impl_->emulation_.features();
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
  return impl_->emulation_.Show(**named, *object);
}

Result<std::vector<std::string>> ApiServer::List(std::string_view resource, std::string_view ns) const {
  const Result<const Resource*> named = ResourceNamed(resource);
  if (!named) return named.error();
  std::vector<std::string> objects;
  const std::string prefix = ns.empty() ? "" : std::string(ns) + "/";
  for (const auto& [key, object] : impl_->store_.Of(**named).objects()) {
    if (key.starts_with(prefix)) objects.push_back(impl_->emulation_.Show(**named, *object));
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
