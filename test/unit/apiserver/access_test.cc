// Authentication with tokens and client certificates, and compression of responses.

#include "lib/async/task_group.h"
#include "test/apiserver/gzip.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/unit/apiserver/test_api.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <zlib.h>

namespace k8sm::apiserver {
namespace {

using test::CertificateAndKey;
using test::TestAuthority;
using Strings = std::vector<std::string>;

Response GetAs(TestApi& api, const std::string& authorization, const std::string& target = kPods) {
  Request request;
  request.target = target;
  request.authorization = authorization;
  return api.server().Handle(request);
}

std::string LastUser(TestApi& api) {
  return api.server().requests().records().back().user;
}

TEST_CASE("a SelfSubjectAccessReview is always allowed, and one without a spec is a bad request") {
  TestApi api;
  Request request;
  request.method = "POST";
  request.target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  request.body = R"({"spec":{"resourceAttributes":{"verb":"list","resource":"pods"}}})";
  const Response answer = api.server().Handle(request);
  CHECK(answer.status == 201);
  CHECK(answer.body.find(R"("status":{"allowed":true})") != std::string::npos);
  request.body = "{}";
  CHECK(api.server().Handle(request).status == 400);
}

TEST_CASE("a token file gives users and their groups, and an error in it names the line") {
  const Tokens tokens = ParseTokens("a,anna,1,\"x,y\"\r\n\nb,bob,2\nc,\"carl, the third\",3,z\n").value();
  CHECK(tokens.size() == 3);
  CHECK(tokens.at("a").name == "anna");
  CHECK(tokens.at("a").groups == Strings{"x", "y"});
  CHECK(tokens.at("b").groups.empty());
  CHECK(tokens.at("c").name == "carl, the third");
  CHECK(tokens.at("c").groups == Strings{"z"});
  CHECK(ParseTokens("").value().empty());
  for (const char* bad : {"a,anna", ",anna,1", "a,,1", "a,anna,1,g,h"}) {
    CAPTURE(bad);
    const auto error = ParseTokens(std::string("b,bob,2\n") + bad).error();
    CHECK(error.code == Errc::kMalformed);
    CHECK(error.message == "tokens, line 2: want token,user,uid[,\"group,...\"]");
  }
}

TEST_CASE("SetTokens replaces all tokens at run time") {
  ApiServerOptions options;
  options.tokens = ParseTokens("old,anna,1\nother,bob,2").value();
  TestApi api(options);
  CHECK(GetAs(api, "").status == 401);
  CHECK(GetAs(api, "", "/healthz").status == 200);
  CHECK(GetAs(api, "Bearer nope").status == 401);
  CHECK(GetAs(api, "Bearer old").status == 200);
  CHECK(LastUser(api) == "anna");
  api.server().SetTokens(ParseTokens("new,anna,1").value());
  CHECK(GetAs(api, "Bearer old").status == 401);
  CHECK(GetAs(api, "Bearer other").status == 401);
  CHECK(GetAs(api, "Bearer new").status == 200);
  api.server().SetTokens({});
  CHECK(GetAs(api, "Bearer new").status == 401);
}

TEST_CASE("without tokens every request is admitted as system:anonymous") {
  TestApi api;
  CHECK(GetAs(api, "Bearer whatever").status == 200);
  CHECK(LastUser(api) == "system:anonymous");
}

std::string Unpacked(const std::string& packed) {
  std::string text(1 << 20, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST_CASE("lists over 128 KiB are compressed for clients that accept gzip, watches never") {
  TestApi api;
  const auto list = [&](const std::string& accept_encoding, const std::string& query = "") {
    Request request;
    request.target = kPods + query;
    request.accept_encoding = accept_encoding;
    return api.server().Handle(request);
  };
  api.Post(kPods, PodJson("small"));
  CHECK_FALSE(list("gzip").gzip);
  api.Post(kPods, PodJson("big", R"({"app":"web"})", std::string(200, 'n')));
  for (int i = 0; i < 250; ++i) api.Post(kPods, PodJson("pod-" + std::to_string(i)));
  const std::string plain = list("").body;
  REQUIRE(plain.size() > 128 * 1024);
  const Response packed = list("deflate, gzip;q=0.5");
  CHECK(packed.gzip);
  CHECK(packed.body.size() < plain.size() / 4);
  CHECK(Unpacked(packed.body) == plain);
  CHECK_FALSE(list("").gzip);
  CHECK_FALSE(list("gzip;q=0").gzip);
  CHECK_FALSE(list("br").gzip);
  CHECK_FALSE(list("gzip", "?watch=true").gzip);
}

// The result of one request over TLS: the status code, after a 200 with the user that the server has
// authenticated, or "refused".
struct Caller {
  std::string token;
  CertificateAndKey certificate;
};

std::string Call(ApiServerOptions options, const TestAuthority& authority, const Caller& caller) {
  using Stream = asio::ssl::stream<asio::ip::tcp::socket>;
  struct Script {
    static Awaitable<void> Run(Stream& stream, std::uint16_t port, std::string token, std::string& result) {
      result = "refused";
      const asio::ip::tcp::endpoint server(asio::ip::make_address("127.0.0.1"), port);
      const auto [unreachable] = co_await stream.next_layer().async_connect(server, kToken);
      if (unreachable) co_return;
      const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
      if (refused) co_return;
      const std::string request = std::string("GET ") + kPods +
                                  " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                                  (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
      co_await asio::async_write(stream, asio::buffer(request), kToken);
      std::string answer;
      co_await asio::async_read_until(stream, asio::dynamic_buffer(answer), "\r\n\r\n", kToken);
      if (!answer.empty()) result = answer.substr(9, 3);
    }
  };
  asio::io_context io;
  ApiServer server(io.get_executor(), std::move(options));
  const auto port = server.Start();
  REQUIRE(port.has_value());
  CHECK(server.Url() == "https://127.0.0.1:" + std::to_string(*port));
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_verify_mode(asio::ssl::verify_peer);
  context.add_certificate_authority(asio::buffer(authority.cert_pem()));
  if (!caller.certificate.cert_pem.empty()) {
    context.use_certificate_chain(asio::buffer(caller.certificate.cert_pem));
    context.use_private_key(asio::buffer(caller.certificate.key_pem), asio::ssl::context::pem);
  }
  Stream stream(io, context);
  std::string result;
  TaskGroup tasks(io.get_executor(), [](std::string_view, std::string_view what) { FAIL(what); });
  tasks.Spawn("script", Script::Run(stream, *port, caller.token, result));
  while (!tasks.empty()) io.run_one();
  if (result == "200") result += " " + server.requests().records().back().user;
  stream.next_layer().close();
  server.Stop();
  io.run();
  return result;
}

TEST_CASE("a client over TLS is authenticated by its certificate or its token") {
  const TestAuthority authority("authority"), other("other");
  const CertificateAndKey server = authority.Issue("server", "IP:127.0.0.1");
  const CertificateAndKey anna = authority.Issue("anna", "", {"developers", "system:masters"});
  const CertificateAndKey stranger = other.Issue("anna", "");
  ApiServerOptions options;
  options.tls = {.cert_pem = server.cert_pem, .key_pem = server.key_pem};
  CHECK(Call(options, authority, {}) == "200 system:anonymous");
  options.tls.client_ca_pem = authority.cert_pem();
  options.tokens = ParseTokens("secret,bob,1").value();
  CHECK(Call(options, authority, {}) == "401");
  CHECK(Call(options, authority, {"", anna}) == "200 anna");
  CHECK(Call(options, authority, {"secret", {}}) == "200 bob");
  CHECK(Call(options, authority, {"", stranger}) == "401");
  CHECK(Call(options, authority, {"secret", stranger}) == "200 bob");
  options.tls.require_client_cert = true;
  CHECK(Call(options, authority, {"", anna}) == "200 anna");
  CHECK(Call(options, authority, {"secret", {}}) == "refused");
  CHECK(Call(options, authority, {"", stranger}) == "refused");
}

TEST_CASE("Start fails if the certificate, the key or the client CA cannot be used") {
  const CertificateAndKey good = TestAuthority("a").Issue("server", "");
  asio::io_context io;
  const auto why = [&](http_server::TlsOptions tls) {
    ApiServerOptions options;
    options.tls = std::move(tls);
    return ApiServer(io.get_executor(), options).Start().error();
  };
  CHECK(why({"garbage", good.key_pem, "", false}).message.starts_with("the server's certificate: "));
  CHECK(why({good.cert_pem, "garbage", "", false}).message.starts_with("the server's key: "));
  CHECK(why({good.cert_pem, good.key_pem, "garbage", false})
            .message.starts_with("the authorities of client certificates: "));
  CHECK(why({"garbage", good.key_pem, "", false}).code == Errc::kInvalidConfig);
}

}  // namespace
}  // namespace k8sm::apiserver
