// UTF-8, as far as input has to be checked for it.

#ifndef K8SM_LIB_KUBE_JSON_UTF8_H_
#define K8SM_LIB_KUBE_JSON_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// How many bytes the first character of `text` takes; 0 where it begins with none (or is empty).
std::size_t CharacterSize(std::string_view text);

// How many bytes of `text` are whole characters, up to the first that is not: text.size() where all is UTF-8.
std::size_t Utf8Prefix(std::string_view text);

// The beginning of `text`, at most `max_bytes`, on one line and printable: white space and control characters
// next to each other become one space, a byte that is not UTF-8 "?".
std::string Excerpt(std::string_view text, std::size_t max_bytes);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_UTF8_H_
