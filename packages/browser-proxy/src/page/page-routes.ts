import { highlightRoute } from "./capture/highlight.ts";
import { pdfRoute, screenshotRoute } from "./capture/screenshot.ts";
import { actUntilDialog, dialogsRoute, snapshotUnlessDialog, unlessDialog } from "./dialogs/dialog-routes.ts";
import { consoleRoute, errorsRoute, requestsRoute } from "./network/page-logs.ts";
import { responseBodyRoute } from "./network/response-body.ts";
import { asPageRoute } from "./page-error.ts";
import type { PageRoute } from "./page-route.ts";
import { textRoute } from "./snapshot/text-route.ts";
import { clearCookiesRoute, cookiesRoute, setCookieRoute, setCookiesRoute } from "./state/cookies.ts";
import {
  setDeviceRoute,
  setGeolocationRoute,
  setLocaleRoute,
  setMediaRoute,
  setTimezoneRoute,
} from "./state/emulation.ts";
import { grantPermissionsRoute } from "./state/permissions.ts";
import { setCredentialsRoute, setHeadersRoute, setOfflineRoute } from "./state/request-headers.ts";
import { clearStorageRoute, setStorageRoute, storageRoute } from "./state/storage.ts";
import { downloadRoute, waitDownloadRoute } from "./transfer/downloads.ts";
import { dialogHookRoute, fileChooserHookRoute } from "./transfer/hooks.ts";
import { traceStartRoute, traceStopRoute } from "./transfer/trace.ts";

/** Routes that need the page itself, and its scripts with it. */
const inPage: Readonly<Record<string, PageRoute>> = {
  "GET /text": textRoute,
  "POST /screenshot": screenshotRoute,
  "POST /pdf": pdfRoute,
  "POST /highlight": highlightRoute,
  "POST /hooks/file-chooser": fileChooserHookRoute,
  "POST /download": downloadRoute,
  "GET /storage/:kind": storageRoute,
  "POST /storage/:kind/set": setStorageRoute,
  "POST /storage/:kind/clear": clearStorageRoute,
  "POST /set/media": setMediaRoute,
  "POST /set/device": setDeviceRoute,
};

const routes: Readonly<Record<string, PageRoute>> = {
  "GET /snapshot": snapshotUnlessDialog,
  "POST /act": actUntilDialog,
  "GET /dialogs": dialogsRoute,
  "GET /console": consoleRoute,
  "GET /errors": errorsRoute,
  "GET /requests": requestsRoute,
  "POST /response/body": responseBodyRoute,
  "POST /hooks/dialog": dialogHookRoute,
  "POST /wait/download": waitDownloadRoute,
  "GET /cookies": cookiesRoute,
  "POST /cookies/set": setCookieRoute,
  "POST /cookies/set-many": setCookiesRoute,
  "POST /cookies/clear": clearCookiesRoute,
  "POST /permissions/grant": grantPermissionsRoute,
  "POST /set/offline": setOfflineRoute,
  "POST /set/headers": setHeadersRoute,
  "POST /set/credentials": setCredentialsRoute,
  "POST /set/geolocation": setGeolocationRoute,
  "POST /set/timezone": setTimezoneRoute,
  "POST /set/locale": setLocaleRoute,
  "POST /trace/start": traceStartRoute,
  "POST /trace/stop": traceStopRoute,
};

/** The routes that work on one page, by method and pattern of the route table. */
export const pageRoutes: Readonly<Record<string, PageRoute>> = Object.fromEntries(
  [
    ...Object.entries(routes),
    ...Object.entries(inPage).map(([name, route]): [string, PageRoute] => [name, unlessDialog(route)]),
  ].map(([name, route]) => [name, asPageRoute(route)]),
);
