return { getCategoryEnabledBuffer: () => [0], isTraceCategoryEnabled: () => false, trace() {} };
