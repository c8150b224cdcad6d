// Times in the Kubernetes API.

#ifndef K8SM_LIB_KUBE_TIMESTAMP_H_
#define K8SM_LIB_KUBE_TIMESTAMP_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube {

// A meta/v1 Time: UTC, to the second.
using Timestamp = std::chrono::sys_seconds;

// A Timestamp that may be absent, as std::optional<Timestamp>, but no larger than a Timestamp.
class OptionalTimestamp {
 public:
  constexpr OptionalTimestamp() = default;
  constexpr OptionalTimestamp(Timestamp time) : time_(time) {}       // NOLINT(google-explicit-constructor)
  constexpr OptionalTimestamp(const std::optional<Timestamp>& time)  // NOLINT(google-explicit-constructor)
      : time_(time.value_or(kAbsent)) {}
  constexpr operator std::optional<Timestamp>() const {  // NOLINT(google-explicit-constructor)
    return has_value() ? std::optional(time_) : std::nullopt;
  }

  constexpr bool has_value() const { return time_ != kAbsent; }
  constexpr explicit operator bool() const { return has_value(); }
  // REQUIRES: has_value().
  constexpr const Timestamp& operator*() const { return time_; }
  constexpr void reset() { time_ = kAbsent; }

  friend constexpr bool operator==(const OptionalTimestamp&, const OptionalTimestamp&) = default;
  friend constexpr bool operator==(const OptionalTimestamp& a, const std::optional<Timestamp>& b) {
    return a == OptionalTimestamp(b);
  }

 private:
  // In no year that ParseTimestamp() accepts.
  static constexpr Timestamp kAbsent = Timestamp::min();

  Timestamp time_ = kAbsent;
};

// Parses RFC 3339: "2026-11-22T10:34:21Z", with any offset; a fraction is dropped. nullopt if invalid.
std::optional<Timestamp> ParseTimestamp(std::string_view text);

// Formats as Go's RFC3339Nano does for whole seconds: "2026-11-22T10:34:21Z".
std::string FormatTimestamp(Timestamp time);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_TIMESTAMP_H_
