return { hasIntl: true, hasInspector: false, hasOpenSSL: false, fipsMode: false, noBrowserGlobals: false };
