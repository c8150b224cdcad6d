// Compiles Asio, its TLS part and Beast once for the whole program; all other sources only see declarations.

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
