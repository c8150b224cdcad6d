// Reads files.

#ifndef K8SM_LIB_BASE_READ_FILE_H_
#define K8SM_LIB_BASE_READ_FILE_H_

#include "lib/base/error.h"

#include <cstddef>
#include <cstdio>
#include <string>

namespace k8sm {

// Reads `file`, as fopen() has returned it, to its end, and closes it unless it is stdin. Fails with
// kInvalidConfig if it is null or cannot be read, such as a directory, or has more than `max_bytes`; the
// message is the reason alone, without the name: "No such file or directory", "is larger than 16 MiB".
// Blocks.
Result<std::string> ReadToEnd(std::FILE* file, std::size_t max_bytes);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_READ_FILE_H_
