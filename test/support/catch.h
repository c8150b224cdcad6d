// Catch2, version 2 (Debian 12) or 3 (Debian 13).

#ifndef K8SM_TEST_SUPPORT_CATCH_H_
#define K8SM_TEST_SUPPORT_CATCH_H_

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // K8SM_TEST_SUPPORT_CATCH_H_
