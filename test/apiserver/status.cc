#include "test/apiserver/status.h"

#include "test/apiserver/resource.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>
#include <utility>

namespace k8sm::apiserver {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

std::string Quoted(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

Status Make(int code, std::string_view reason, std::string message) {
  Status status;
  status.code = code;
  status.reason = reason;
  status.message = std::move(message);
  return status;
}

Status MakeFor(int code, std::string_view reason, const Resource& resource, std::string_view name,
               std::string message) {
  Status status = Make(code, reason, std::move(message));
  status.details = {std::string(name), std::string(resource.group), std::string(resource.plural)};
  return status;
}

void Member(Writer& writer, const char* name, const std::string& value) {
  if (value.empty()) return;
  writer.Key(name);
  writer.String(value);
}

void WriteDetails(Writer& writer, const StatusDetails& details) {
  if (details.empty()) return;
  writer.Key("details");
  writer.StartObject();
  Member(writer, "name", details.name);
  Member(writer, "group", details.group);
  Member(writer, "kind", details.kind);
  Member(writer, "uid", details.uid);
  if (!details.causes.empty()) {
    writer.Key("causes");
    writer.StartArray();
    for (const StatusCause& cause : details.causes) {
      writer.StartObject();
      Member(writer, "reason", cause.reason);
      Member(writer, "message", cause.message);
      Member(writer, "field", cause.field);
      writer.EndObject();
    }
    writer.EndArray();
  }
  if (details.retry_after_seconds != 0) {
    writer.Key("retryAfterSeconds");
    writer.Int(details.retry_after_seconds);
  }
  writer.EndObject();
}

void StartStatus(Writer& writer, const std::string& continue_token) {
  writer.StartObject();
  Member(writer, "kind", "Status");
  Member(writer, "apiVersion", "v1");
  writer.Key("metadata");
  writer.StartObject();
  Member(writer, "continue", continue_token);
  writer.EndObject();
}

Errc CodeOf(const Status& status) {
  if (status.reason == "AlreadyExists") return Errc::kAlreadyExists;
  switch (status.code) {
    case 401:
      return Errc::kUnauthorized;
    case 403:
      return Errc::kForbidden;
    case 404:
      return Errc::kNotFound;
    case 409:
      return Errc::kConflict;
    case 410:
      return Errc::kExpired;
    default:
      return status.code >= 500 ? Errc::kServerError : Errc::kRejected;
  }
}

}  // namespace

bool StatusDetails::empty() const {
  return name.empty() && group.empty() && kind.empty() && uid.empty() && causes.empty() &&
         retry_after_seconds == 0;
}

void throw_exception_from_error(const Status& status, const boost::source_location& location) {
  throw std::logic_error(location.to_string() + ": value() of a failed Outcome: " + status.message);
}

Status BadRequest(std::string message) {
  return Make(400, "BadRequest", std::move(message));
}

Status NotFound(const Resource& resource, std::string_view name) {
  return MakeFor(404, "NotFound", resource, name,
                 resource.QualifiedName() + " " + Quoted(name) + " not found");
}

Status AlreadyExists(const Resource& resource, std::string_view name) {
  return MakeFor(409, "AlreadyExists", resource, name,
                 resource.QualifiedName() + " " + Quoted(name) + " already exists");
}

Status Conflict(const Resource& resource, std::string_view name, std::string_view why) {
  return MakeFor(409, "Conflict", resource, name,
                 "Operation cannot be fulfilled on " + resource.QualifiedName() + " " + Quoted(name) + ": " +
                     std::string(why));
}

Status Forbidden(const Resource& resource, std::string_view name, std::string_view why) {
  return MakeFor(403, "Forbidden", resource, name,
                 resource.QualifiedName() + " " + Quoted(name) + " is forbidden: " + std::string(why));
}

Status Unauthorized() {
  return Make(401, "Unauthorized", "Unauthorized");
}

Status MethodNotAllowed() {
  return Make(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

Status NotAcceptable() {
  return Make(406, "NotAcceptable", "only the following media types are accepted: application/json");
}

Status UnsupportedMediaType(std::string_view accepted) {
  return Make(415, "UnsupportedMediaType",
              "the body of the request was in an unknown format - accepted media types include: " +
                  std::string(accepted));
}

Status RequestTooLarge() {
  return Make(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
}

Status Expired(std::string message) {
  return Make(410, "Expired", std::move(message));
}

Status NoSuchPath() {
  return Make(404, "NotFound", "the server could not find the requested resource");
}

Status StatusOfCode(int code) {
  switch (code) {
    case 401:
      return Unauthorized();
    case 403:
      return Make(code, "Forbidden", "forbidden");
    case 404:
      return NoSuchPath();
    case 409:
      return Make(code, "Conflict", "Operation cannot be fulfilled");
    case 410:
      return Expired("The resourceVersion for the provided watch is too old.");
    case 429:
      return Make(code, "TooManyRequests", "too many requests, please try again later");
    case 500:
      return Make(code, "InternalError", "Internal error occurred: etcdserver: request timed out");
    case 503:
      return Make(code, "ServiceUnavailable", "the server is currently unable to handle the request");
    case 504:
      return Make(code, "Timeout", "Timeout: request did not complete within the allotted timeout");
    default:
      return Make(code, "", "the server answers " + std::to_string(code));
  }
}

Status ResourceVersionTooLarge(std::uint64_t asked, std::uint64_t current) {
  Status status = Make(504, "Timeout",
                       "Timeout: Too large resource version: " + std::to_string(asked) +
                           ", current: " + std::to_string(current));
  status.details.causes = {{"ResourceVersionTooLarge", "Too large resource version", ""}};
  status.details.retry_after_seconds = 1;
  return status;
}

std::string ToJson(const Status& status) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  StartStatus(writer, status.continue_token);
  Member(writer, "status", "Failure");
  Member(writer, "message", status.message);
  Member(writer, "reason", status.reason);
  WriteDetails(writer, status.details);
  writer.Key("code");
  writer.Int(status.code);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string DeletedJson(const Resource& resource, std::string_view name, std::string_view uid) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  StartStatus(writer, "");
  Member(writer, "status", "Success");
  WriteDetails(writer, {std::string(name), std::string(resource.group), std::string(resource.plural),
                        std::string(uid)});
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Error ToError(const Status& status) {
  Error error{CodeOf(status), status.message, status.code};
  if (!status.details.causes.empty()) error.cause = status.details.causes.front().reason;
  return error;
}

}  // namespace k8sm::apiserver
