#include "controller/program/number_texts.h"

#include "lib/base/count.h"

#include <iomanip>
#include <sstream>

namespace k8sm::controller {

std::string CountText(std::size_t number, const std::string& what) {
  std::string text = Count(number, what);
  for (std::size_t place = text.find(' '); place > 3;) text.insert(place -= 3, ",");
  return text;
}

std::string TimeText(std::chrono::duration<double> time) {
  std::ostringstream text;
  const auto rounded = std::chrono::round<std::chrono::milliseconds>(time);
  if (rounded < std::chrono::seconds(1)) {
    text << rounded.count() << " ms";
  } else {
    text << std::fixed << std::setprecision(1) << time.count() << " s";
  }
  return text.str();
}

}  // namespace k8sm::controller
