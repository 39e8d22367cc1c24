//! Takes a folder of model files and gives models by their ids: the active one, and those that gave
//! earlier verdicts.
//!
//! The folder holds `<id>.safetensors` for each model and `active`, the ids that were activated,
//! the last line being the active one. Activating appends a line, rolling back removes it; both
//! replace the file whole, so that a reader sees the old state or the new one.
//!
//! Invariants:
//! - a model is read once and stays in memory as long as the process runs: verdicts point at it;
//! - a file that cannot be read changes nothing: the active model stays active.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use arc_swap::ArcSwap;

use crate::atomic_file::{Readers, replace};
use crate::classifier::Classifier;
use crate::model_file::{LoadError, Metadata, load};

/// A model in memory.
#[derive(Debug)]
pub struct Model {
    /// Its short id.
    pub id: String,
    /// The classifier.
    pub classifier: Classifier<'static>,
    /// What the file says of it.
    pub metadata: Metadata,
}

/// Why a model cannot be activated.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file is no model for this program.
    #[error("could not load `{path}`")]
    Load {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: LoadError,
    },
    /// The folder or a file in it.
    #[error("could not use `{path}`")]
    Io {
        /// Which one.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is nothing to go back to.
    #[error(
        "expected an activated model to roll back from, found none: the model that ships is active"
    )]
    Nothing,
}

/// The models of an installation.
#[derive(Debug)]
pub struct Models {
    is_fixed: bool,
    folder: PathBuf,
    active: ArcSwap<Model>,
    all: RwLock<HashMap<String, Arc<Model>>>,
}

/// Reads a model for good. What it takes is never given back, so each is read once.
fn read_for_good(bytes: Vec<u8>) -> Result<Model, LoadError> {
    let bytes: &'static [u8] = Vec::leak(bytes);
    of_static(bytes)
}

fn of_static(bytes: &'static [u8]) -> Result<Model, LoadError> {
    let loaded = load(bytes)?;
    Ok(Model {
        id: loaded.metadata.id().to_owned(),
        classifier: loaded.classifier,
        metadata: loaded.metadata,
    })
}

impl Models {
    /// Opens a folder, which is made if it is not there. `shipped` is the model that is active
    /// until another one is activated.
    ///
    /// # Errors
    /// The folder cannot be used, or the active model cannot be read.
    pub fn open(folder: &Path, shipped: &'static [u8]) -> Result<Self, RegistryError> {
        let models = Self::with(folder, shipped, false)?;
        models.refresh()?;
        Ok(models)
    }

    /// Opens a folder for the models of earlier verdicts; `model` is active whatever is activated.
    ///
    /// # Errors
    /// The folder cannot be used, or the model cannot be read.
    pub fn fixed(folder: &Path, model: &'static [u8]) -> Result<Self, RegistryError> {
        Self::with(folder, model, true)
    }

    fn with(folder: &Path, shipped: &'static [u8], is_fixed: bool) -> Result<Self, RegistryError> {
        fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
        let shipped = of_static(shipped).map_err(|source| RegistryError::Load {
            path: "the default model".to_owned(),
            source,
        })?;
        let shipped = Arc::new(shipped);
        let models = Self {
            is_fixed,
            folder: folder.to_owned(),
            active: ArcSwap::new(Arc::clone(&shipped)),
            all: RwLock::new(HashMap::from([(String::new(), Arc::clone(&shipped))])),
        };
        models.keep(shipped);
        Ok(models)
    }

    /// The active model.
    pub fn active(&self) -> Arc<Model> {
        self.active.load_full()
    }

    /// A model by its id, read from the folder if it is not in memory.
    pub fn by_id(&self, id: &str) -> Option<Arc<Model>> {
        let known = self.all.read().unwrap_or_else(|it| it.into_inner());
        if let Some(model) = known.get(id) {
            return Some(Arc::clone(model));
        }
        drop(known);
        self.read(id).ok()
    }

    /// Looks which model is to be active, and makes it so. Gives whether it changed.
    ///
    /// # Errors
    /// It cannot be read; then nothing changes.
    pub fn refresh(&self) -> Result<bool, RegistryError> {
        if self.is_fixed {
            return Ok(false);
        }
        let wanted = history(&self.folder)?.pop().unwrap_or_default();
        let model = {
            let known = self.all.read().unwrap_or_else(|it| it.into_inner());
            known.get(&wanted).cloned()
        };
        let model = match model {
            Some(model) => model,
            None => self.read(&wanted)?,
        };
        let changed = model.id != self.active.load().id;
        if changed {
            self.active.store(model);
        }
        Ok(changed)
    }

    fn read(&self, id: &str) -> Result<Arc<Model>, RegistryError> {
        let path = self.folder.join(format!("{id}.safetensors"));
        let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = if is_plain {
            fs::read(&path)
        } else {
            Err(std::io::ErrorKind::InvalidInput.into())
        };
        let bytes = bytes.map_err(|source| io(&path, source))?;
        let model = read_for_good(bytes).map_err(|source| RegistryError::Load {
            path: path.display().to_string(),
            source,
        })?;
        let model = Arc::new(model);
        self.keep(Arc::clone(&model));
        Ok(model)
    }

    fn keep(&self, model: Arc<Model>) {
        let mut all = self.all.write().unwrap_or_else(|it| it.into_inner());
        all.insert(model.id.clone(), model);
    }
}

/// Copies a model file into the folder and makes it active. Gives its id.
///
/// # Errors
/// The file is no model for this program, or the folder cannot be written.
pub fn activate(folder: &Path, file: &Path) -> Result<String, RegistryError> {
    fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
    let bytes = fs::read(file).map_err(|source| io(file, source))?;
    let loaded = load(&bytes).map_err(|source| RegistryError::Load {
        path: file.display().to_string(),
        source,
    })?;
    let id = loaded.metadata.id().to_owned();
    write(&folder.join(format!("{id}.safetensors")), &bytes)?;
    let mut history = history(folder)?;
    if history.last() != Some(&id) {
        history.push(id.clone());
        write(&folder.join("active"), history.join("\n").as_bytes())?;
    }
    Ok(id)
}

/// Makes the model before the active one active again. Gives its id, or `None` for the model that
/// ships.
///
/// # Errors
/// The model that ships is active, or the folder cannot be written.
pub fn roll_back(folder: &Path) -> Result<Option<String>, RegistryError> {
    let mut history = history(folder)?;
    history.pop().ok_or(RegistryError::Nothing)?;
    write(&folder.join("active"), history.join("\n").as_bytes())?;
    Ok(history.pop())
}

/// The ids that were activated, the active one last.
fn history(folder: &Path) -> Result<Vec<String>, RegistryError> {
    let path = folder.join("active");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(io(&path, source)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    replace(path, bytes, Readers::Default).map_err(|source| io(path, source))
}

fn io(path: &Path, source: std::io::Error) -> RegistryError {
    RegistryError::Io {
        path: path.display().to_string(),
        source,
    }
}
