/* The parent side of the Canvas SDK's protocol, as a Lightning page speaks it.
 *
 * A frame's SDK posts one-line JSON strings; answers go back as strings to the canvas URL's
 * origin and are matched by `seq`. Message kinds: ctx, ajax, resize, subscribe, unsubscribe,
 * publish, refresh, repost. Protocol: the SDK at github.com/forcedotcom/SalesforceCanvasJavascriptSDK.
 *
 * Stricter than Salesforce's own script on purpose: every message must come from the very frame
 * that its instanceId names and from the canvas URL's origin. The signed request never stays in
 * the document: its form is removed as soon as it has been sent.
 */
(() => {
  "use strict";

  const VERSION = "66.0";
  const BASE = `/services/data/v${VERSION}/platformconnect`;
  const SIZE = /^(\d+(?:\.\d+)?)(px|%)?$/;
  const panels = new Map(); // instanceId -> panel

  const decode = (signedRequest) => {
    const bytes = Uint8Array.from(atob(signedRequest.split(".")[1]), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  };

  const put = async (path, body, headers = {}) => {
    const response = await fetch(path, {
      method: "PUT",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { response, text: await response.text() };
  };

  const environment = (panel) => ({
    dimensions: {
      width: "100%",
      height: `${panel.height}px`,
      maxWidth: "infinite",
      maxHeight: `${panel.maxHeight}px`,
      clientWidth: `${panel.holder.clientWidth}px`,
      clientHeight: `${panel.holder.clientHeight}px`,
    },
    parameters: panel.parameters,
    displayLocation: "Aura",
    sublocation: null,
    record: {},
  });

  const fetchSignedRequest = (panel) =>
    put(`${BASE}/signedrequest?canvas=${encodeURIComponent(panel.app)}`, {
      canvasRequest: {
        context: { environment: environment(panel) },
        client: { targetOrigin: location.origin, instanceId: panel.id },
      },
    });

  // ---- drawing -----------------------------------------------------------------------------

  const draw = async (panel) => {
    clear(panel);
    if (!panel.signedRequest) {
      const { response, text } = await fetchSignedRequest(panel);
      if (!response.ok) return refuse(panel, text);
      panel.signedRequest = JSON.parse(text).response;
    }
    const { client, context } = decode(panel.signedRequest);
    const { application, links } = context;
    panel.origin = new URL(application.canvasUrl).origin;
    const isOauth = application.authType === "OAUTH";
    if (!isOauth && client.oauthToken !== null) return post(panel, application.canvasUrl);
    return get(panel, application.canvasUrl, isOauth, links.loginUrl);
  };

  const clear = (panel) => {
    panel.subscriptions.clear();
    panel.holder.replaceChildren();
    panel.frame = null;
  };

  const addFrame = (panel) => {
    const frame = document.createElement("iframe");
    frame.name = `canvas-frame-${panel.id}`;
    frame.title = panel.label;
    frame.className = "canvas-frame";
    frame.style.height = `${panel.height}px`;
    panel.frame = frame;
    panel.holder.append(frame);
    return frame;
  };

  const post = (panel, canvasUrl) => {
    const frame = addFrame(panel);
    const form = document.createElement("form");
    form.method = "post";
    form.action = canvasUrl;
    form.target = frame.name;
    form.hidden = true;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "signed_request";
    field.value = panel.signedRequest;
    form.append(field);
    document.body.append(form);
    form.submit();
    form.remove();
  };

  const get = (panel, canvasUrl, isOauth, loginUrl) => {
    const approval = isOauth ? "" : "_sfdc_canvas_auth=user_approval_required&";
    const join = canvasUrl.includes("?") ? "&" : "?";
    const fragment = `#target_origin=${encodeURIComponent(location.origin)}&instance_id=${panel.id}`;
    const query = `${approval}loginUrl=${encodeURIComponent(loginUrl)}`;
    addFrame(panel).src = canvasUrl + join + query + fragment;
  };

  const refuse = (panel, text) => {
    let error = { errorCode: "UNKNOWN_ERROR", message: text.slice(0, 200) };
    try {
      error = JSON.parse(text)[0];
    } catch {
      // Not the API's shape (a proxy's page, say): the text itself is all there is to show.
    }
    const [told, setup] = error.message.split("#");
    const box = document.createElement("div");
    box.className = "canvas-refused";
    box.setAttribute("role", "alert");
    box.append(paragraph("strong", `${panel.label} cannot be shown.`), paragraph("p", told));
    if (setup && error.errorCode.endsWith("_SETUP_ALLOWED")) {
      const link = paragraph("a", "Open Setup");
      link.href = setup;
      box.append(link);
    }
    box.append(paragraph("code", error.errorCode));
    panel.holder.append(box);
  };

  const paragraph = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };

  // ---- speaking ----------------------------------------------------------------------------

  const send = (panel, message) => {
    if (!panel.frame) return;
    const whole = { parentVersion: VERSION, clientVersion: panel.clientVersion, ...message };
    panel.frame.contentWindow.postMessage(
      JSON.stringify({ ...whole, targetModule: "Canvas" }),
      panel.origin,
    );
  };

  const answer = (panel, seq, response, text) => {
    const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
    send(panel, {
      type: "callback",
      seq,
      status: response.status,
      statusText: response.statusText,
      payload: isJson && text ? JSON.parse(text) : text,
      responseHeaders: [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join(""),
    });
  };

  const answerPlain = (panel, seq, status, statusText, payload) =>
    send(panel, { type: "callback", seq, status, statusText, payload, responseHeaders: "" });

  const publish = (event, only = null) => {
    for (const panel of only ? [only] : panels.values()) {
      if (panel.subscriptions.has(event.name)) send(panel, { type: "event", payload: event });
    }
  };

  // ---- what a frame may ask ----------------------------------------------------------------

  const kinds = {
    async ctx(panel, { seq, body }) {
      const headers = { Authorization: `OAuth ${body.accessToken}` };
      const path = `${BASE}/canvascontext?canvas=${encodeURIComponent(panel.app)}`;
      const { response, text } = await put(path, { environment: environment(panel) }, headers);
      answer(panel, seq, response, text);
    },

    async ajax(panel, { seq, body }) {
      const path = servicePath(panel, body.url);
      if (!path) {
        answerPlain(panel, seq, 400, "Bad Request", "url must be a path of this org's /services/");
        return;
      }
      const { method = "GET", headers = {}, contentType, data } = body.config;
      const type = data && contentType ? { "Content-Type": contentType } : {};
      const response = await fetch(path, {
        method,
        headers: { ...type, ...headers },
        body: method === "GET" || method === "HEAD" ? undefined : data,
        credentials: "omit",
      });
      answer(panel, seq, response, await response.text());
    },

    resize(panel, { body }) {
      const size = {};
      for (const side of ["height", "width"]) {
        const wanted = SIZE.exec(body.size[side] || "");
        if (!wanted) continue;
        size[side] = limited(panel, side, Number(wanted[1]), wanted[2] || "px");
        panel.frame.style[side] = size[side];
      }
      publish({ name: "canvas.resize", method: "onData", payload: size }, panel);
    },

    subscribe(panel, { body }) {
      for (const [name, about] of Object.entries(body.subscriptions)) {
        if (name === "sfdc.streamingapi") refuseStreaming(panel, about.params.topic);
        else panel.subscriptions.add(name);
      }
    },

    unsubscribe(panel, { body }) {
      for (const name of Object.keys(body.subscriptions)) panel.subscriptions.delete(name);
    },

    publish(panel, { body }) {
      const { name, payload, target } = body.event;
      const event = { name, method: "onData", payload, target };
      if (!target) return publish(event);
      for (const other of panels.values()) {
        if (other.id.split(":").pop() === target.canvas) publish(event, other);
      }
    },

    async refresh(panel, { seq }) {
      const { response, text } = await fetchSignedRequest(panel);
      if (response.ok && decode(JSON.parse(text).response).client.oauthToken === null) {
        answerPlain(panel, seq, 403, "User approval required", {});
        return;
      }
      answer(panel, seq, response, text);
    },

    repost(panel, { body }) {
      if (body.refresh) panel.signedRequest = null;
      return draw(panel);
    },
  };

  const servicePath = (panel, given) => {
    const instance = decode(panel.signedRequest).client.instanceUrl;
    const path = given.startsWith(`${instance}/`) ? given.slice(instance.length) : given;
    const url = new URL(path, location.origin);
    const isOurs = url.origin === location.origin && url.pathname.startsWith("/services/");
    return isOurs ? url.pathname + url.search : null;
  };

  const limited = (panel, side, wanted, unit) => {
    if (unit === "%" || side === "width") return `${wanted}${unit}`;
    return `${Math.min(wanted, panel.maxHeight)}px`;
  };

  const refuseStreaming = (panel, topic) =>
    send(panel, {
      type: "event",
      payload: {
        name: "sfdc.streamingapi",
        method: "onComplete",
        params: { topic },
        payload: { success: false, errorMessage: "The stand-in org has no Streaming API." },
      },
    });

  const parse = (data) => {
    if (typeof data !== "string") return null;
    try {
      return JSON.parse(data);
    } catch {
      return null; // some other script's message
    }
  };

  window.addEventListener("message", (event) => {
    const message = parse(event.data);
    if (!message || (message.targetModule && message.targetModule !== "Canvas")) return;
    const client = message.body && message.body.config && message.body.config.client;
    const panel = client && panels.get(client.instanceId);
    if (!panel || !panel.frame) return; // unknown instance: ignored, as Salesforce does
    if (event.source !== panel.frame.contentWindow || event.origin !== panel.origin) return;
    panel.clientVersion = message.clientVersion;
    if (Object.hasOwn(kinds, message.body.type)) kinds[message.body.type](panel, message);
  });

  const scrolled = () => {
    const page = document.documentElement;
    publish({
      name: "canvas.scroll",
      method: "onData",
      payload: {
        heights: {
          contentHeight: page.scrollHeight,
          pageHeight: page.clientHeight,
          scrollTop: page.scrollTop,
        },
        widths: {
          contentWidth: page.scrollWidth,
          pageWidth: page.clientWidth,
          scrollLeft: page.scrollLeft,
        },
      },
    });
  };
  window.addEventListener("scroll", scrolled);

  // ---- start -------------------------------------------------------------------------------

  document.querySelectorAll("[data-canvas-app]").forEach((holder, index) => {
    const { canvasApp, canvasLabel, canvasParameters, canvasHeight } = holder.dataset;
    const panel = {
      id: `_:${canvasApp}:${index}:0:canvasapp${index}`,
      app: canvasApp,
      label: canvasLabel,
      parameters: JSON.parse(canvasParameters),
      height: Number(canvasHeight),
      maxHeight: 2000,
      holder,
      frame: null,
      origin: null,
      signedRequest: null,
      clientVersion: null,
      subscriptions: new Set(),
    };
    panels.set(panel.id, panel);
    draw(panel);
  });
})();
