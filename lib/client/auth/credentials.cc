#include "lib/client/auth/credentials.h"

#include "lib/async/cancelled.h"
#include "lib/base/printable.h"
#include "lib/client/auth/exec_plugin.h"
#include "lib/client/auth/refused_credential.h"
#include "lib/client/config/base64.h"
#include "lib/client/config/credential_file.h"

#include <glog/logging.h>

#include <chrono>
#include <utility>

namespace k8sm::client {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr int kUnauthorized = 401;

ExecMachine::Now Now() {
  return {steady_clock::now(), system_clock::now()};
}

std::string BasicHeader(const RestConfig& config) {
  if (config.username.empty() && config.password.empty()) return "";
  return "Basic " + EncodeBase64(config.username + ":" + config.password);
}

}  // namespace

Credentials::Credentials(asio::any_io_executor executor, const RestConfig& config, ExecCallHook on_exec_call)
    : executor_(std::move(executor)),
      config_(config),
      on_exec_plugin_call_(std::move(on_exec_call)),
      basic_(BasicHeader(config)),
      tls_files_(config),
      token_file_(config.token) {}

Credentials::~Credentials() = default;

Result<std::unique_ptr<Credentials>> Credentials::Create(asio::any_io_executor executor,
                                                         const RestConfig& config,
                                                         ExecCallHook on_exec_call) {
  std::unique_ptr<Credentials> credentials(
      new Credentials(std::move(executor), config, std::move(on_exec_call)));
  if (!config.secure()) return credentials;
  auto tls = TlsContext::Create(config);
  if (!tls) return tls.error();
  credentials->tls_ = std::move(*tls);
  return credentials;
}

Awaitable<Result<Credentials::Shown>> Credentials::Get(TimePoint deadline) {
  if (!config_.secure()) co_return Shown();
  const TimePoint now = steady_clock::now();
  RefreshTls(now);
  if (!config_.token_file.empty()) RefreshToken(now);
  if (config_.exec) {
    const auto ready = co_await WaitForPlugin(deadline);
    if (!ready) co_return ready.error();
  }
  co_return ShowNow();
}

Credentials::Shown Credentials::ShowNow() const {
  if (config_.exec) {
    const std::string& token = exec_.credential().token;
    return {token.empty() ? "" : "Bearer " + token, exec_.version()};
  }
  if (!token_file_.token().empty()) return {"Bearer " + token_file_.token(), token_file_.version()};
  return {basic_, 0};
}

void Credentials::OnAnswer(const Shown& shown, int http_status) {
  if (http_status != kUnauthorized) return exec_.OnAccepted(shown.version);
  tls_files_.LookAgain();
  token_file_.OnRefused(shown.version);
  if (config_.exec) exec_.OnRefused(shown.version, Now());
}

std::string Credentials::DescribeRefusal() const {
  ShownCredentials shown{.user = config_.user,
                         .token = token_file_.token(),
                         .token_file = config_.token_file,
                         .basic = !basic_.empty(),
                         .client_cert_pem = tls_files_.material().client_cert_pem,
                         .over_http = !config_.secure()};
  if (config_.exec && exec_.version() > 0) {
    shown.plugin = config_.exec->place;
    shown.token = exec_.credential().token;
    shown.client_cert_pem = exec_.credential().client_certificate;
  }
  return DescribeRefused(shown);
}

void Credentials::RefreshTls(TimePoint now) {
  const auto changed = tls_files_.Refresh(now);
  if (!changed) {
    LOG(WARNING) << "keeping the certificates in use: " << changed.error().message;
  } else if (*changed) {
    LOG(INFO) << "certificates for " << config_.Url() << " have been replaced: reconnecting";
    UseTls(tls_files_.material());
  }
}

void Credentials::UseTls(const TlsMaterial& material) {
  RestConfig config = config_;
  config.ca_pem = material.ca_pem;
  config.client_cert_pem = material.client_cert_pem;
  config.client_key_pem = material.client_key_pem;
  if (config_.exec && exec_.version() > 0) {
    config.client_cert_pem = exec_.credential().client_certificate;
    config.client_key_pem = exec_.credential().client_key;
  }
  auto tls = TlsContext::Create(config);
  if (!tls) {
    LOG(WARNING) << "keeping the certificates in use: " << tls.error().message;
    return;
  }
  tls_ = std::move(*tls);
  ++generation_;
}

void Credentials::RefreshToken(TimePoint now) {
  using News = TokenFileMachine::News;
  if (!token_file_.Due(now)) return;
  const auto token = ReadTokenFile(config_.token_file);
  switch (token_file_.OnRead(token, now)) {
    case News::kNone:
      break;
    case News::kReplaced:
      VLOG(2) << config_.token_file << ": using the new token";
      break;
    case News::kUnreadable:
      LOG(WARNING) << "keeping the token in use: " << token.error().message;
      break;
    case News::kReadableAgain:
      LOG(INFO) << config_.token_file << ": can be read again";
      break;
  }
}

Awaitable<Result<void>> Credentials::WaitForPlugin(TimePoint deadline) {
  for (;;) {
    const auto action = exec_.Next(Now());
    if (action == ExecMachine::Action::kUse) co_return Result<void>();
    if (action == ExecMachine::Action::kFail) co_return exec_.failure();
    if (action == ExecMachine::Action::kRun) StartPlugin();
    const auto ended = std::make_shared<Notifier>(executor_);
    waiting_.push_back(ended);
    const bool notified = co_await ended->WaitUntil(deadline);
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (cancelled) co_return Error{.code = Errc::kCanceled, .message = "canceled before it was sent"};
    if (!notified)
      co_return Error{.code = Errc::kTimeout,
                      .message = config_.exec->place + ": has not ended in time for this request"};
  }
}

void Credentials::StartPlugin() {
  exec_.OnStarted();
  VLOG(2) << config_.exec->place << ": running " << Printable(config_.exec->command);
  child_ = std::make_unique<ChildProcess>(
      executor_, CommandOf(*config_.exec),
      [this](std::string_view line) {
        LOG(INFO) << config_.exec->place << ": " << Printable(config_.exec->command) << ": " << line;
      },
      [this](const ChildResult& result) { OnPluginEnd(result); });
}

void Credentials::OnPluginEnd(const ChildResult& result) {
  child_.reset();
  if (on_exec_plugin_call_) {
    const ExecCall call = CallOf(result);
    on_exec_plugin_call_(call.code, call.status);
  }
  auto credential = CredentialOf(*config_.exec, result);
  if (credential) {
    exec_.OnCredential(std::move(*credential), Now());
    UsePluginCertificate();
  } else {
    exec_.OnFailure(std::move(credential.error()), Now());
  }
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const auto notifier = waiting.lock()) notifier->Notify();
  }
}

void Credentials::UsePluginCertificate() {
  const std::string certificate = exec_.credential().client_certificate + exec_.credential().client_key;
  if (std::exchange(exec_certificate_, certificate) == certificate) return;
  LOG(INFO) << config_.exec->place << ": has given a new client certificate: reconnecting";
  UseTls(tls_files_.material());
}

}  // namespace k8sm::client
