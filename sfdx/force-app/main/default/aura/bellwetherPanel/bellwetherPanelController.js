({
    // The frame is drawn once its parameters are known: drawn before, it may get none.
    init: function (component) {
        component.set("v.parameters", JSON.stringify({
            recordId: component.get("v.recordId") || null,
            sObjectName: component.get("v.sObjectName") || null
        }));
    }
})
