// As whom workflow services and catalogs are spoken to: authorizers of every way to log in that the configuration
// knows.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "daemon/config/catalog_settings.h"
#include "daemon/config/workflow_settings.h"
#include "env/clock.h"
#include "http/service/authorizer.h"
#include "http/transport.h"
#include "storage/cloud/host.h"

namespace lakeferry {

// What it refers to outlives what is made of it.
struct LoginParts {
  boost::asio::any_io_executor engine;
  HttpTransport& http;
  HttpTransport& metadata;  // for services of this machine, which no proxy stands in front of
  Host& host;
  const Clock& clock;
};

// No secret is read before the first request. Of a Databricks workspace without a login in the configuration, and to
// read a secret scope, the variables of Databricks' own tools say who asks: DATABRICKS_HOST, DATABRICKS_TOKEN,
// DATABRICKS_CLIENT_ID with DATABRICKS_CLIENT_SECRET, and ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET; what is of
// DATABRICKS_HOST goes to no other host. kInvalidArgument for a url that is none.
[[nodiscard]] Result<std::shared_ptr<Authorizer>> MakeAuthorizer(const LoginParts& parts,
                                                                 const WorkflowSettings& settings);

// The same of a catalog. Null where it asks for nobody: a server of its own that the configuration has no token for.
[[nodiscard]] Result<std::shared_ptr<Authorizer>> MakeAuthorizer(const LoginParts& parts,
                                                                 const CatalogSettings& settings);

}  // namespace lakeferry
