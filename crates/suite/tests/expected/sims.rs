use crate::*;

pub(crate) fn sims() -> Vec<SimPlan> {
    let sim = |shown: &str, seeds, line: &str, marked: &str| SimPlan {
        program: PathBuf::from(FOLDER).join(shown),
        shown: format!("{FOLDER}/{shown}"),
        seeds,
        strategy: SimStrategy::Random,
        memory_bytes: None,
        world: SimWorld::default(),
        leaks: false,
        unhandled_rejections: None,
        span: at(line, marked),
    };
    let on_disk = |delay, line: &str| SimPlan {
        world: SimWorld {
            disk: SimDisk {
                delay: Some(delay),
                ..SimDisk::default()
            },
            ..SimWorld::default()
        },
        ..sim("program.mjs", 1, line, "program: program.mjs")
    };
    let by = |strategy, line: &str| SimPlan {
        strategy,
        ..sim("program.mjs", 1, line, "program: program.mjs")
    };
    vec![
        SimPlan {
            leaks: true,
            ..sim(
                "program.mjs",
                500,
                "- program: program.mjs",
                "program: program.mjs",
            )
        },
        SimPlan {
            memory_bytes: Some(512_000_000),
            unhandled_rejections: Some(UnhandledRejections::Strict),
            ..sim(
                "program.mjs",
                1,
                "- program: ./program.mjs",
                "program: ./program.mjs",
            )
        },
        SimPlan {
            world: world(),
            ..sim("program.mjs", 1, "# in a world", "program: program.mjs")
        },
        on_disk(
            SimDelay::Normal {
                mean: Some(ms(5)),
                deviation: Some(ms(1)),
            },
            "world: { disk: { mean",
        ),
        on_disk(
            SimDelay::Percentiles(vec![(50.0, ms(1))]),
            "world: { disk: { percentiles",
        ),
        on_disk(
            SimDelay::Uniform {
                latency: Some(ms(5)),
                jitter: Some(ms(1)),
            },
            "world: { disk: { latency",
        ),
        on_disk(
            SimDelay::Pareto {
                scale: Some(ms(5)),
                shape: Some(1.5),
            },
            "world: { disk: { scale",
        ),
        by(SimStrategy::Random, "strategy: random"),
        by(SimStrategy::Pct { depth: 4 }, "strategy: pct"),
        by(
            SimStrategy::Exhaustive { forced: 1 },
            "strategy: exhaustive",
        ),
    ]
}

fn world() -> SimWorld {
    let even = |latency, jitter| {
        Some(SimDelay::Uniform {
            latency: Some(ms(latency)),
            jitter: Some(ms(jitter)),
        })
    };
    let link = |delay| SimLink {
        delay,
        ..SimLink::default()
    };
    let fault = |at, lasts: Option<u64>, kind| SimFault {
        at: ms(at),
        lasts: lasts.map(ms),
        kind,
    };
    let later = |kind| fault(6_000, Some(1_000), kind);
    let to_b = |delay| SimFaultKind::Link("b".to_owned(), link(delay));
    let normal = || {
        Some(SimDelay::Normal {
            mean: Some(ms(2)),
            deviation: Some(ms(1)),
        })
    };
    let measured = || Some(SimDelay::Percentiles(vec![(50.0, ms(1))]));
    let prices = || "prices.internal".to_owned();
    SimWorld {
        links: vec![
            (
                prices(),
                SimLink {
                    loss: Some(0.01),
                    rate: Some(Some(64_000)),
                    ..link(even(20, 5))
                },
            ),
            (
                "localhost:8080".to_owned(),
                link(Some(SimDelay::Normal {
                    mean: Some(ms(5)),
                    deviation: Some(ms(1)),
                })),
            ),
            (
                "stock.internal".to_owned(),
                link(Some(SimDelay::Pareto {
                    scale: Some(ms(1)),
                    shape: Some(2.0),
                })),
            ),
            (
                "mail.internal".to_owned(),
                link(Some(SimDelay::Percentiles(vec![
                    (50.0, ms(1)),
                    (99.0, ms(30)),
                ]))),
            ),
        ],
        disk: SimDisk {
            delay: even(5, 0),
            errors: Some(0.001),
            error: Some(DiskError::Access),
            full: Some(true),
        },
        faults: vec![
            fault(
                500,
                Some(2_000),
                SimFaultKind::Link(
                    prices(),
                    SimLink {
                        partitioned: Some(true),
                        ..SimLink::default()
                    },
                ),
            ),
            fault(
                1_000,
                Some(1_000),
                SimFaultKind::Link(
                    "stock.internal:80".to_owned(),
                    SimLink {
                        down: Some(true),
                        ..SimLink::default()
                    },
                ),
            ),
            fault(3_000, None, SimFaultKind::Reset(prices())),
            fault(
                4_000,
                Some(1_000),
                SimFaultKind::Link(prices(), link(even(300, 0))),
            ),
            fault(
                5_000,
                Some(1_000),
                SimFaultKind::Disk(SimDisk {
                    delay: Some(SimDelay::Pareto {
                        scale: Some(ms(10)),
                        shape: Some(2.0),
                    }),
                    ..SimDisk::default()
                }),
            ),
            later(SimFaultKind::Link(
                "b".to_owned(),
                SimLink {
                    loss: Some(0.5),
                    rate: Some(Some(1_000)),
                    ..link(even(2, 1))
                },
            )),
            later(to_b(normal())),
            later(to_b(Some(SimDelay::Pareto {
                scale: Some(ms(2)),
                shape: Some(1.0),
            }))),
            later(to_b(measured())),
            later(SimFaultKind::Disk(SimDisk {
                delay: even(2, 1),
                errors: Some(1.0),
                error: Some(DiskError::Io),
                full: Some(true),
            })),
            later(SimFaultKind::Disk(SimDisk {
                delay: normal(),
                ..SimDisk::default()
            })),
            later(SimFaultKind::Disk(SimDisk {
                delay: measured(),
                ..SimDisk::default()
            })),
        ],
    }
}
