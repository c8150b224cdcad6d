# Selects the clang that third_party/install --fuzz installs.
find_program(K8SM_CLANG NAMES clang++-16 clang++-19 REQUIRED)
set(CMAKE_CXX_COMPILER ${K8SM_CLANG})
