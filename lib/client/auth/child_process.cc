#include "lib/client/auth/child_process.h"

#include "lib/client/auth/line_splitter.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace k8sm::client {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;

// Limits the reads to more than a pipe can hold.
constexpr int kMaxRestReads = 1000;

struct Pipe {
  int read = -1;
  int write = -1;
};

bool Open(Pipe& pipe) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  pipe = {ends[0], ends[1]};
  return true;
}

void Close(int fd) {
  if (fd >= 0) ::close(fd);
}

std::vector<char*> Pointers(const std::vector<std::string>& texts, const std::string* first = nullptr) {
  std::vector<char*> pointers;
  if (first != nullptr) pointers.push_back(const_cast<char*>(first->c_str()));
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// The child's initial state: its files, its own process group, and default signal handling.
class SpawnSettings {
 public:
  SpawnSettings(int out, int err) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, err, STDERR_FILENO);
    // Asio does not set close-on-exec on its sockets.
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  // Returns 0 or an errno.
  int Spawn(const ChildCommand& command, pid_t& pid) const {
    const std::vector<char*> args = Pointers(command.args, &command.file);
    const std::vector<char*> environment = Pointers(command.environment);
    return posix_spawnp(&pid, command.file.c_str(), &files_, &attributes_, args.data(), environment.data());
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

}  // namespace

class ChildProcess::Watch : public std::enable_shared_from_this<Watch> {
 public:
  Watch(const asio::any_io_executor& executor, const ChildCommand& command, OnLine on_line, OnEnd on_end)
      : max_output_bytes_(command.max_output_bytes),
        on_line_(std::move(on_line)),
        on_end_(std::move(on_end)),
        out_(executor),
        err_(executor),
        exit_(executor),
        timer_(executor, command.timeout) {}

  void Start(const ChildCommand& command) {
    const int error = Spawn(command);
    if (error != 0) {
      asio::post(timer_.get_executor(), [self = shared_from_this(), error] {
        self->End({ChildResult::End::kNotStarted, error, ""});
      });
      return;
    }
    timer_.async_wait([self = shared_from_this()](error_code canceled) {
      if (!canceled) self->GiveUp(ChildResult::End::kTimedOut);
    });
    exit_.async_wait(stream_descriptor::wait_read,
                     [self = shared_from_this()](error_code) { self->OnExit(); });
    Follow(out_, &Watch::OnOutput);
    Follow(err_, &Watch::OnErrorOutput);
  }

  // Drops the callbacks; nothing is reported any more.
  void Abandon() {
    on_line_ = nullptr;
    on_end_ = nullptr;
    GiveUp(ChildResult::End::kKilled);
  }

 private:
  using OnBytes = void (Watch::*)(std::string_view bytes);

  int Spawn(const ChildCommand& command) {
    Pipe out;
    Pipe err;
    if (!Open(out)) return errno;
    int error = Open(err) ? SpawnInto(command, out.write, err.write) : errno;
    Close(out.write);
    Close(err.write);
    if (error != 0) {
      Close(out.read);
      Close(err.read);
      return error;
    }
    Adopt(out_, out.read);
    Adopt(err_, err.read);
    return 0;
  }

  int SpawnInto(const ChildCommand& command, int out, int err) {
    if (const int error = SpawnSettings(out, err).Spawn(command, pid_); error != 0) return error;
    // glibc 2.36 declares pidfd_open() without C linkage.
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (fd < 0) {
      const int error = errno;
      ::kill(-pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      return error;
    }
    exit_.assign(fd);
    return 0;
  }

  static void Adopt(stream_descriptor& descriptor, int fd) {
    descriptor.assign(fd);
    error_code ignored;
    descriptor.non_blocking(true, ignored);
  }

  // Waits for readability instead of starting a read, so that no read is pending when the child exits. Reads
  // once each time, so that a child that writes without pause does not block the loop.
  void Follow(stream_descriptor& from, OnBytes on_bytes) {
    from.async_wait(stream_descriptor::wait_read,
                    [self = shared_from_this(), &from, on_bytes](error_code error) {
                      if (!error && !self->ended_ && self->Read(from, on_bytes)) self->Follow(from, on_bytes);
                    });
  }

  // Reads what an exited child left in its pipe. The number of reads is limited, as a process that the child
  // left behind may keep writing.
  void ReadRest(stream_descriptor& from, OnBytes on_bytes) {
    for (int i = 0; i < kMaxRestReads && Read(from, on_bytes);) ++i;
  }

  // Returns false at end of file, if there is nothing to read, or if nothing is reported any more.
  bool Read(stream_descriptor& from, OnBytes on_bytes) {
    error_code error;
    const std::size_t size = from.read_some(asio::buffer(buffer_), error);
    if (error) return false;
    (this->*on_bytes)({buffer_.data(), size});
    return !ended_;
  }

  void OnOutput(std::string_view bytes) {
    if (output_.size() + bytes.size() > max_output_bytes_) return GiveUp(ChildResult::End::kTooMuchOutput);
    output_ += bytes;
  }

  void OnErrorOutput(std::string_view bytes) {
    lines_.Add(bytes, [this](std::string_view line) {
      if (on_line_) on_line_(line);
    });
  }

  void GiveUp(ChildResult::End why) {
    if (ended_) return;
    if (pid_ > 0) ::kill(-pid_, SIGKILL);
    End({why, SIGKILL, ""});
  }

  void OnExit() {
    // Read before reaping, while the process ID is still reserved.
    ReadRest(out_, &Watch::OnOutput);
    ReadRest(err_, &Watch::OnErrorOutput);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(std::exchange(pid_, -1)), &info, WEXITED | WNOHANG);
    const bool exited = info.si_code == CLD_EXITED;
    End({exited ? ChildResult::End::kExited : ChildResult::End::kKilled, info.si_status,
         exited ? std::move(output_) : ""});
  }

  // Only the first call has an effect.
  void End(ChildResult result) {
    if (std::exchange(ended_, true)) return;
    if (on_line_) lines_.End(on_line_);
    timer_.cancel();
    error_code ignored;
    out_.close(ignored);
    err_.close(ignored);
    const OnEnd on_end = std::exchange(on_end_, nullptr);
    on_line_ = nullptr;
    if (on_end) on_end(std::move(result));
  }

  const std::size_t max_output_bytes_;
  OnLine on_line_;
  OnEnd on_end_;
  stream_descriptor out_;
  stream_descriptor err_;
  stream_descriptor exit_;
  asio::steady_timer timer_;
  pid_t pid_ = -1;  // -1 once the child has been reaped
  std::array<char, 4096> buffer_;
  std::string output_;
  LineSplitter lines_{100, 500};
  bool ended_ = false;
};

ChildProcess::ChildProcess(asio::any_io_executor executor, const ChildCommand& command, OnLine on_line,
                           OnEnd on_end)
    : watch_(std::make_shared<Watch>(executor, command, std::move(on_line), std::move(on_end))) {
  watch_->Start(command);
}

ChildProcess::~ChildProcess() {
  watch_->Abandon();
}

}  // namespace k8sm::client
