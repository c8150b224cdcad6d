// What a process has to do about its descriptors 0 to 2 before anything else.

#ifndef K8SM_LIB_BASE_STANDARD_STREAMS_H_
#define K8SM_LIB_BASE_STANDARD_STREAMS_H_

namespace k8sm {

// Opens those of the descriptors 0 to 2 that are closed on /dev/null, so that no file or socket gets one of
// these numbers and the log's lines with it; and ignores SIGPIPE, so that writing to a pipe that nobody reads
// is an error and not the process' end. Call it first thing in main(). False where /dev/null can't be opened.
bool PrepareStandardStreams();

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_STANDARD_STREAMS_H_
