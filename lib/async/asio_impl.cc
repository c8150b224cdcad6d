// Asio, its TLS part and Beast, compiled once for the whole program: everything else includes declarations.

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
