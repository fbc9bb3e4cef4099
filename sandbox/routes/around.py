"""What goes around every request: misbehaviour on demand, refusals, the OpenAPI page."""

import asyncio
from collections.abc import Awaitable, Callable

import swagger_ui_bundle
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from sandbox.faults import Faults
from sandbox.refused import Refused

SLOW_SECONDS = 30


def add_middle(app: FastAPI, faults: Faults) -> None:
    """Misbehave where that was asked for, and say why a request is refused."""
    @app.middleware("http")
    async def misbehave(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if not request.url.path.startswith("/sandbox/"):
            if "error_500" in faults:
                return JSONResponse({"error": "server_error"}, 500)
            if "slow" in faults:
                await asyncio.sleep(SLOW_SECONDS)
        return await call_next(request)

    @app.exception_handler(Refused)
    async def refuse(_: Request, refused: Refused) -> JSONResponse:
        body = {"error": refused.error, "error_description": refused.why}
        return JSONResponse(body, refused.status, refused.headers)


def add_docs(app: FastAPI) -> None:
    """The OpenAPI page at /docs, and whether the platform is there."""
    app.mount("/swagger", StaticFiles(directory=swagger_ui_bundle.swagger_ui_path), "swagger")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Tongban sandbox platform",
            swagger_js_url="/swagger/swagger-ui-bundle.js",
            swagger_css_url="/swagger/swagger-ui.css",
            swagger_favicon_url="/swagger/favicon-32x32.png",
        )

    @app.get("/", include_in_schema=False)
    async def home() -> HTMLResponse:
        return HTMLResponse('<p>Tongban sandbox. <a href="/docs">API</a></p>')

    @app.get("/health", tags=["platform"])
    async def health() -> dict[str, str]:
        """Whether the platform is there."""
        return {"status": "ok"}
