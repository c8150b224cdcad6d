#include "test/apiserver/api_server.h"

#include "lib/async/task_group.h"
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

}  // namespace

class ApiServer::Impl {
 public:
  Impl(asio::any_io_executor executor, ApiServerOptions options)
      : options_(std::move(options)),
        store_(options_.history, FirstRevision(options_)),
        registry_(store_),
        handler_(store_, registry_, log_, options_.token),
        tasks_(executor, LogFailure),
        acceptor_(executor) {}

  Result<std::uint16_t> Start() {
    boost::system::error_code error;
    const asio::ip::address address = asio::ip::make_address(options_.address, error);
    if (error) return Error{Errc::kInvalidConfig, options_.address + ": " + error.message()};
    const Tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      return Error{Errc::kUnavailable, "cannot listen on " + options_.address + ":" +
                                           std::to_string(options_.port) + ": " + error.message()};
    }
    options_.port = acceptor_.local_endpoint().port();
    tasks_.Spawn("accept", Accept());
    return options_.port;
  }

  void Stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    tasks_.Cancel();
  }

  Awaitable<void> Join() { return tasks_.Join(); }

  std::string Url() const {
    const bool v6 = options_.address.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + options_.address + "]" : options_.address;
    return "http://" + host + ":" + std::to_string(options_.port);
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
  Registry registry_;
  RequestLog log_;
  Handler handler_;
  TaskGroup tasks_;
  Tcp::acceptor acceptor_;

 private:
  Awaitable<void> Accept() {
    while (acceptor_.is_open()) {
      auto [error, socket] = co_await acceptor_.async_accept(kToken);
      // A connection may have been accepted just before the acceptor was closed.
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
      if (error) {
        // Too many open files, most likely: some will be closed.
        LOG(ERROR) << "accept: " << error.message();
        co_await SleepFor(std::chrono::milliseconds(100));
        continue;
      }
      tasks_.Spawn("connection", ServeConnection(std::move(socket), handler_, tasks_));
    }
  }
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
  return impl_->Url();
}

Result<void> ApiServer::Load(const std::string& directory) {
  return LoadDirectory(impl_->registry_, directory);
}

Response ApiServer::Handle(const Request& request) {
  return impl_->handler_.Handle(request);
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
