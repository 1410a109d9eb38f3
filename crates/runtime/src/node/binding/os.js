return { getOSInformation: () => ['Linux', '', '', 'x86_64'] };
